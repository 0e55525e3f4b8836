import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createPinia, setActivePinia } from 'pinia'
import { submitAnimation } from '@/api/animations'
import { submitCut, submitLook, type Corners } from '@/api/prints'
import { submitRestoration } from '@/api/restorations'
import { aJob, aResult } from '@/composables/__tests__/builders'
import { useStudioStore } from '../studio'

vi.mock('@/api/restorations', { spy: true })
vi.mock('@/api/animations', { spy: true })
vi.mock('@/api/prints', { spy: true })

const OUTLINE: Corners = [
  [10, 10],
  [90, 10],
  [90, 70],
  [10, 70],
]
const file = (name: string) => new File(['x'], name)

let made = 0
/** A server that is done with everything at once, and cuts `cuts` photos out of a picture. */
function serve(cuts: string[]): void {
  vi.mocked(submitRestoration).mockImplementation((source) => {
    const uploadId = typeof source === 'string' ? source : `upload of ${source.name}`
    made += 1
    const done = { id: `job-${made}`, upload_id: uploadId, media_id: `media-${made}`, result: aResult() }
    return Promise.resolve(aJob({ ...done, state: 'succeeded' }))
  })
  const prints = [{ corners: OUTLINE as unknown as number[][], score: 1 }]
  vi.mocked(submitLook).mockImplementation(() =>
    Promise.resolve(aJob({ id: 'look', state: 'succeeded', result: aResult({ prints }) })),
  )
  vi.mocked(submitCut).mockImplementation(() => {
    made += 1
    const photos = cuts.map((name) => {
      return { upload_id: `upload of ${name}`, name, width: 80, height: 60, notes: [] }
    })
    return Promise.resolve(aJob({ id: `cut-${made}`, state: 'succeeded', result: aResult({ photos }) }))
  })
  vi.mocked(submitAnimation).mockImplementation(() =>
    Promise.resolve(aJob({ id: 'film', kind: 'animate', state: 'succeeded', media_id: 'media-film' })),
  )
}

async function aTable(...names: string[]) {
  const studio = useStudioStore()
  studio.addFiles(names.map(file))
  await vi.waitFor(() => expect(studio.photos.every((photo) => photo.mediaId !== null)).toBe(true))
  await vi.waitFor(() => expect(submitLook).toHaveBeenCalledTimes(names.length))
  return studio
}

const names = (studio: ReturnType<typeof useStudioStore>) => studio.photos.map(({ name }) => name)

beforeEach(() => {
  vi.clearAllMocks()
  localStorage.clear()
  setActivePinia(createPinia())
  serve(['a_1.jpg', 'a_2.jpg'])
})

describe('prints on the table', () => {
  it('are looked for once a photo is restored, and offered', async () => {
    const studio = await aTable('a.jpg')
    expect(submitLook).toHaveBeenCalledWith('upload of a.jpg')
    expect(studio.selected?.prints.isOffered).toBe(true)
  })

  it('lie behind their picture when they are cut out, are restored, and not looked at again', async () => {
    const studio = await aTable('a.jpg', 'b.jpg')
    await studio.selected?.prints.cutOut([OUTLINE])
    await vi.waitFor(() => expect(names(studio)).toEqual(['a.jpg', 'a_1.jpg', 'a_2.jpg', 'b.jpg']))
    expect(studio.selected?.name).toBe('a_1.jpg')
    await vi.waitFor(() => expect(studio.photos.every(({ mediaId }) => mediaId !== null)).toBe(true))
    expect(submitRestoration).toHaveBeenCalledWith('upload of a_2.jpg', expect.anything(), expect.anything())
    expect(submitLook).toHaveBeenCalledTimes(2)
  })

  it('do not take the person away from another photo', async () => {
    const studio = await aTable('a.jpg', 'b.jpg')
    const [whole, other] = studio.photos
    studio.select(other?.key ?? '')
    await whole?.prints.cutOut([OUTLINE])
    await vi.waitFor(() => expect(studio.photos).toHaveLength(4))
    expect(studio.selected?.name).toBe('b.jpg')
  })

  it('go when the whole picture is wanted', async () => {
    const studio = await aTable('a.jpg')
    serve(['a_1.jpg'])
    await studio.selected?.prints.cutOut([OUTLINE])
    await vi.waitFor(() => expect(studio.selected?.name).toBe('a_1.jpg'))
    if (studio.selected) studio.useWhole(studio.selected)
    expect([names(studio), studio.selected?.name]).toEqual([['a.jpg'], 'a.jpg'])
  })

  it('give way to a new try, unless a film was made of them', async () => {
    const studio = await aTable('a.jpg')
    const whole = studio.selected
    await whole?.prints.cutOut([OUTLINE])
    await vi.waitFor(() => expect(studio.selected?.mediaId).not.toBeNull())
    await studio.selected?.animate('nod')
    serve(['again.jpg'])
    await whole?.prints.cutOut([OUTLINE])
    await vi.waitFor(() => expect(names(studio)).toEqual(['a.jpg', 'a_1.jpg', 'again.jpg']))
  })
})
