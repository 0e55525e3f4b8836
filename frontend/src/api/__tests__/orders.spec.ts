import { beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest'
import { effectScope } from 'vue'
import { aJob } from '@/composables/__tests__/builders'
import { usePhoto, type Photo } from '@/composables/usePhoto'
import { submitAnimation } from '../animations'
import { ApiError, http } from '../http'
import { DEFAULT_CHOICES, submitRestoration } from '../restorations'

let post: MockInstance<typeof http.post>
const sent = (call = 0) => post.mock.calls[call]?.[1] as FormData
const MASK = new Blob(['mask'], { type: 'image/png' })

beforeEach(() => {
  vi.spyOn(http, 'get').mockResolvedValue({ body: null, status: 304, etag: null, retryAfterS: null })
  post = vi.spyOn(http, 'post')
  post.mockResolvedValue({ body: aJob(), status: 202, etag: null, retryAfterS: null })
})

describe('submitRestoration', () => {
  it('sends a mask instead of a wish how to look', async () => {
    await submitRestoration('upload-1', { ...DEFAULT_CHOICES, scratches: 'strong' }, { mask: MASK })
    expect([sent().get('source'), sent().get('scratches')]).toEqual(['upload-1', 'auto'])
    expect(sent().has('mask')).toBe(true)
  })

  it('sends none where there is none', async () => {
    await submitRestoration('upload-1', { ...DEFAULT_CHOICES, scratches: 'strong' })
    expect([sent().get('scratches'), sent().has('mask')]).toEqual(['strong', false])
  })
})

describe('submitAnimation', () => {
  it('sends one expression for all, or one for each', async () => {
    await submitAnimation('job-1', 'nod')
    await submitAnimation('job-1', { 2: 'nod', 0: 'smile' })
    expect([sent(0).get('preset'), sent(0).has('faces')]).toEqual(['nod', false])
    expect([sent(1).get('faces'), sent(1).has('preset')]).toEqual(['0:smile,2:nod', false])
  })
})

describe('a photo that is repaired by hand', () => {
  function aDonePhoto(changes = {}): { photo: Photo; stop: () => void } {
    const scope = effectScope()
    const job = aJob({ state: 'succeeded', media_id: 'media-1', ...changes })
    const start = {
      key: 'a',
      name: 'a',
      maxBytes: 1000,
      maxClipBytes: () => 1000,
      jobId: job.id,
      knownJobs: new Map([[job.id, job]]),
    }
    return { photo: scope.run(() => usePhoto(start)) as Photo, stop: () => scope.stop() }
  }

  it('is the upload, or the earlier result that was worked on', async () => {
    const first = aDonePhoto()
    await first.photo.restore(MASK)
    first.stop()
    const second = aDonePhoto({ source_job_id: 'job-0' })
    await second.photo.restore(MASK)
    second.stop()
    expect([sent(0).get('source'), sent(1).get('source')]).toEqual(['upload-1', 'job-0'])
  })

  it('does not lose what was painted with the connection', async () => {
    const { photo, stop } = aDonePhoto()
    post.mockRejectedValueOnce(new ApiError('network_error', 0))
    await photo.restore(MASK)
    expect(photo.submitError?.code).toBe('network_error')
    await photo.retry()
    stop()
    expect(sent(1).has('mask')).toBe(true)
  })
})
