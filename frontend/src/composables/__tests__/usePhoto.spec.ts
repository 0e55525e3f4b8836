import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { DEFAULT_MOTION, submitAnimation } from '@/api/animations'
import { ApiError } from '@/api/http'
import { submitRestoration } from '@/api/restorations'
import { photoStatus } from '../photoStatus'
import { usePhoto, type Photo, type PhotoStart } from '../usePhoto'
import { aFace, aJob, aRestorationOf } from './builders'

vi.mock('@/api/animations', { spy: true })
vi.mock('@/api/restorations', { spy: true })

let scope: EffectScope
beforeEach(() => {
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  localStorage.clear()
})

const DONE = aJob({ state: 'succeeded', media_id: 'media-1' })
const FILM = aJob({ id: 'film-1', kind: 'animate', state: 'succeeded', media_id: 'media-2' })

function aPhoto(changes: Partial<PhotoStart> = {}): Photo {
  const start = { key: 'a', name: '外婆.jpg', maxBytes: 1000, maxClipBytes: () => 1000, ...changes }
  return scope.run(() => usePhoto(start)) as Photo
}

function aRestoredPhoto(changes: Partial<PhotoStart> = {}): Photo {
  return aPhoto({
    jobId: 'job-1',
    films: [{ jobId: 'film-1', preset: 'nod', ofJobId: 'job-1' }],
    knownJobs: new Map([DONE, FILM].map((job) => [job.id, job])),
    ...changes,
  })
}

describe('usePhoto', () => {
  it('asks the server for a preview only when there is one', () => {
    const queued = aPhoto({ jobId: 'job-1', knownJobs: new Map([['job-1', aJob({ state: 'cancelled' })]]) })
    expect(queued.serverPreview).toBeNull()
    expect(aRestoredPhoto().serverPreview).toContain('upload-1?variant=preview')
  })

  it('says that it is gone when its owner is', () => {
    const photo = aRestoredPhoto()
    expect(photo.lose()).toBe(true)
    expect(photoStatus(photo).failure?.code).toBe('not_found')
    expect(photo.films).toHaveLength(0)
    expect(photo.afterUrl).toBeNull()
  })

  it('can be sent again after that if the file is still at hand', () => {
    const file = new File(['x'], '外婆.jpg')
    const [atHand, gone] = [aRestoredPhoto({ file }), aRestoredPhoto()]
    atHand.lose()
    gone.lose()
    expect([atHand.canRetry, gone.canRetry]).toEqual([true, false])
  })

  it('has nothing to lose before it was sent', () => {
    const photo = aPhoto({ file: new File(['x'], '外婆.jpg') })
    expect(photo.lose()).toBe(false)
    expect(photo.submitError).toBeNull()
  })

  it('can be cancelled before its turn to be sent has come', async () => {
    const photo = aPhoto({ file: new File(['x'], '外婆.jpg') })
    await photo.cancel()
    expect(photoStatus(photo).failure?.code).toBe('job_cancelled')
    expect(photo.canRetry).toBe(true)
  })

  it('does not send a file that is too large', async () => {
    const photo = aPhoto({ file: new File(['x'.repeat(1001)], '外婆.jpg') })
    await photo.restore()
    expect(photo.submitError?.code).toBe('image_too_large')
  })

  it('is sent once, however often a button is pressed', async () => {
    vi.mocked(submitRestoration).mockClear().mockResolvedValueOnce(aJob())
    const photo = aRestoredPhoto()

    const sending = Promise.all([photo.restore(), photo.restore()])

    expect([photo.isBusy, photo.canRestoreAgain]).toEqual([true, false])
    await sending
    expect(submitRestoration).toHaveBeenCalledTimes(1)
  })

  it('shows a film that is made instead of making it again', async () => {
    const photo = aRestoredPhoto()
    await photo.animate('nod')
    expect(photo.shownFilm?.videoUrl).toContain('media-2')
  })

  it('makes another film where it is to be made otherwise', async () => {
    const submitted = aJob({ id: 'film-2', kind: 'animate' })
    vi.mocked(submitAnimation).mockClear().mockResolvedValueOnce(submitted)
    const photo = aRestoredPhoto()
    const choices = { ...DEFAULT_MOTION, engine: 'first_order' } as const

    await photo.animate('nod', choices, 'first_order')
    await photo.animate('nod')
    await photo.animate('nod', choices, 'first_order')

    expect(vi.mocked(submitAnimation).mock.calls.map((call) => call.slice(0, 3))).toEqual([
      ['job-1', 'nod', choices],
    ])
    expect(photo.shownFilm?.jobId).toBe('film-2')
    expect(photo.films.map(({ manner }) => manner)).toEqual(['first_order', undefined])
  })

  it('follows a kept motion under its own name', async () => {
    vi.mocked(submitAnimation)
      .mockClear()
      .mockResolvedValueOnce(aJob({ id: 'film-2', kind: 'animate' }))
    const photo = aRestoredPhoto()
    await photo.animate({ expressionId: 'e-1' })
    expect(photo.shownFilm?.preset).toBe('expression:e-1')
  })

  it('takes a film off the table and returns to the photo', async () => {
    const photo = aRestoredPhoto()
    await photo.animate('nod')
    const [film] = photo.films
    if (film) photo.removeFilm(film)
    expect(photo.films).toHaveLength(0)
    expect(photo.shownFilmId).toBeNull()
  })

  it('has the films that another tab has', () => {
    const photo = aRestoredPhoto()
    photo.follow({ key: 'a', name: '外婆.jpg', jobId: 'job-1', films: [] })
    expect(photo.films).toHaveLength(0)
  })

  it('does not let a name turn the reading direction', () => {
    expect(aPhoto({ name: 'a\u202egpj.exe' }).name).toBe('agpj.exe')
  })

  it('leaves faces as they were saved where damage is mended, unless another engine is wanted', async () => {
    const faces = [aFace(), aFace({ id: 1, used: false, note: 'not_chosen', layer: null })]
    const made = { ...aRestorationOf(faces, { engine: 'auto', fidelity: 0.5 }), id: 'job-1' }
    const photo = aPhoto({ jobId: 'job-1', knownJobs: new Map([['job-1', made]]) })
    vi.mocked(submitRestoration).mockResolvedValue(made)

    await photo.repair(new Blob())
    photo.choose({ ...photo.choices, engine: 'builtin' })
    await photo.repair(new Blob())

    const wishes = vi.mocked(submitRestoration).mock.calls.slice(-2)
    expect(wishes.map(([, choices, given]) => [choices.engine, given?.faces])).toEqual([
      ['gfpgan', { fidelity: 0.5, faceIds: [0] }],
      ['builtin', null],
    ])
  })

  it('saves faces with all else as the result at hand was made, also at the second try', async () => {
    const options = { engine: 'auto', mode: 'fast', upscale: '4' }
    const made = { ...aRestorationOf([aFace(), aFace({ id: 1 })], options), id: 'job-1' }
    const photo = aPhoto({ jobId: 'job-1', knownJobs: new Map([['job-1', made]]) })
    photo.choose({ ...photo.choices, engine: 'builtin', upscale: '1' }) // for another time
    vi.mocked(submitRestoration).mockRejectedValueOnce(new ApiError('network_error', 0))
    const next = { ...aRestorationOf([aFace()], { ...options, fidelity: 0.5 }), id: 'job-2' }
    vi.mocked(submitRestoration).mockResolvedValueOnce(next)

    photo.blend.setFidelity(0.5)
    photo.blend.save()
    await vi.waitFor(() => expect(photo.submitError?.code).toBe('network_error'))
    await photo.retry()

    const calls = vi.mocked(submitRestoration).mock.calls.slice(-2)
    for (const [source, choices, given] of calls) {
      expect(source).toBe('upload-1')
      expect(choices).toMatchObject({ engine: 'gfpgan', model: 'v1.4', mode: 'fast', upscale: '4' })
      expect(given?.faces).toEqual({ fidelity: 0.5, faceIds: null })
    }
    expect([photo.jobId, photo.blend.isChanged]).toEqual(['job-2', false])
  })
})
