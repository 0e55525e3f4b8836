import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope, type Ref } from 'vue'
import { submitAnimation } from '@/api/animations'
import { ApiError } from '@/api/http'
import type { Job } from '@/api/wire'
import { usePhotoFilms, type UsePhotoFilmsReturn } from '../usePhotoFilms'
import { aJob } from './builders'

vi.mock('@/api/animations', { spy: true })

let scope: EffectScope
let jobId: Ref<string | null>
beforeEach(() => {
  scope = effectScope()
  jobId = ref('job-1')
  vi.mocked(submitAnimation).mockReset()
})
afterEach(() => scope.stop())

const CLIP = new File(['frames'], 'clip.mp4', { type: 'video/mp4' })

function theFilms(maxBytes = 1000): UsePhotoFilmsReturn {
  const options = { jobId, start: [], knownJobs: undefined, maxClipBytes: () => maxBytes }
  return scope.run(() => usePhotoFilms(options)) as UsePhotoFilmsReturn
}

/** A server that takes the clip only when told to, and lets go of it when the sender does. */
function aSlowServer() {
  let take: (job: Job) => void = () => undefined
  const told: { progress?: (fraction: number) => void } = {}
  vi.mocked(submitAnimation).mockImplementation((_job, _driver, _choices, options) => {
    if (options?.onProgress) told.progress = options.onProgress
    return new Promise((resolve, reject) => {
      take = resolve
      options?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
    })
  })
  return { told, take: (job: Job) => take(job) }
}

describe('usePhotoFilms', () => {
  it('tells how much of a clip has gone out', async () => {
    const server = aSlowServer()
    const films = theFilms()
    const asking = films.animate(CLIP)
    expect(films.clipFraction.value).toBe(0)
    server.told.progress?.(0.4)
    expect(films.clipFraction.value).toBe(0.4)

    server.take(aJob({ id: 'film-1', kind: 'animate', state: 'succeeded', media_id: 'm' }))
    await asking
    expect([films.clipFraction.value, films.shownId.value]).toEqual([null, 'film-1'])
  })

  it('lets a clip be called back on its way, without a fault to report', async () => {
    const server = aSlowServer()
    const films = theFilms()
    const asking = films.animate(CLIP)
    server.told.progress?.(0.4)
    films.stopSending()
    await asking
    expect([films.clipFraction.value, films.error.value, films.films.length]).toEqual([null, null, 0])

    vi.mocked(submitAnimation).mockResolvedValueOnce(aJob({ id: 'film-2', kind: 'animate' }))
    await films.animate('nod')
    expect(films.shownId.value).toBe('film-2')
  })

  it('sends no clip that is too large', async () => {
    const films = theFilms(CLIP.size - 1)
    await films.animate(CLIP)
    expect(films.error.value?.code).toBe('video_too_long')
    expect(submitAnimation).not.toHaveBeenCalled()
  })

  it('stops sending for a photo that is gone', async () => {
    aSlowServer()
    const films = theFilms()
    const asking = films.animate(CLIP)
    jobId.value = null
    await asking
    expect(films.error.value).toBeNull()
  })

  it('keeps what was refused until the next is asked for', async () => {
    vi.mocked(submitAnimation).mockRejectedValueOnce(new ApiError('queue_full', 503))
    const films = theFilms()
    await films.animate('nod')
    expect(films.error.value?.code).toBe('queue_full')
    vi.mocked(submitAnimation).mockResolvedValueOnce(aJob({ id: 'film-2', kind: 'animate' }))
    await films.animate('nod')
    expect(films.error.value).toBeNull()
  })
})
