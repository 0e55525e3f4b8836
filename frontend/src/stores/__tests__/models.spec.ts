import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPinia, disposePinia, setActivePinia, type Pinia } from 'pinia'
import { listEngines } from '@/api/engines'
import { ApiError } from '@/api/http'
import { cancelWeight, downloadWeight, listWeights } from '@/api/weights'
import { aGfpgan, aList, aWeight } from '@/composables/__tests__/weightBuilders'
import { i18n, showLocale } from '@/locales'
import { useModelsStore } from '../models'

vi.mock('@/api/engines', { spy: true })
vi.mock('@/api/weights', { spy: true })

let pinia: Pinia
beforeEach(() => {
  vi.clearAllMocks()
  vi.useFakeTimers()
  showLocale('en')
  pinia = createPinia()
  setActivePinia(pinia)
  vi.mocked(listEngines).mockResolvedValue([aGfpgan()])
  vi.mocked(listWeights).mockResolvedValue(aList([aWeight()]))
  vi.mocked(downloadWeight).mockResolvedValue()
  vi.mocked(cancelWeight).mockResolvedValue()
})
afterEach(() => {
  disposePinia(pinia) // and with it what watches the language
  vi.useRealTimers()
})

const seconds = (count: number) => vi.advanceTimersByTimeAsync(1000 * count)

describe('the list of models', () => {
  it('asks for nothing before somebody wants to see it', async () => {
    const models = useModelsStore()
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    await models.open()
    await seconds(60)
    expect(listWeights).not.toHaveBeenCalled()
    expect(downloadWeight).not.toHaveBeenCalled()
  })

  it('is looked at anew while it is open, and no longer', async () => {
    const models = useModelsStore()
    models.show()
    await seconds(25)
    expect(listWeights).toHaveBeenCalledTimes(3)
    models.hide()
    await seconds(60)
    expect(vi.mocked(listWeights).mock.calls.length).toBeLessThanOrEqual(4)
  })

  it('follows a download after it was closed, tells its pace, and knows when the engine is ready', async () => {
    const models = useModelsStore()
    await models.loadEngines()
    models.show()
    await seconds(0)
    let soFar = 0
    vi.mocked(listWeights).mockImplementation(() => {
      const weight = aWeight({ state: 'downloading', bytes_so_far: (soFar += 4_000_000) })
      return Promise.resolve(aList([weight]))
    })
    void models.download([aWeight()])
    await seconds(3)
    const [moving] = models.weights
    expect(moving && models.paceOf(moving)).toEqual({ bytesPerS: 4_000_000, secondsLeft: 83 })

    models.hide()
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    vi.mocked(listWeights).mockResolvedValue(aList([aWeight({ state: 'installed' })]))
    await seconds(2)

    expect(models.gfpgan?.installed).toBe(true)
  })

  it('knows of files that came before somebody looked, and of those that went', async () => {
    const models = useModelsStore()
    await models.loadEngines()
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    vi.mocked(listWeights).mockResolvedValue(aList([aWeight({ state: 'installed' })]))
    models.show()
    await seconds(0)
    expect(models.gfpgan?.installed).toBe(true)

    vi.mocked(listEngines).mockResolvedValue([aGfpgan()])
    vi.mocked(listWeights).mockResolvedValue(aList([aWeight()]))
    await seconds(10)
    expect(models.gfpgan?.installed).toBe(false)
  })

  it('follows a download that an earlier visit began', async () => {
    const models = useModelsStore()
    vi.mocked(listWeights).mockResolvedValue(aList([aWeight({ state: 'downloading' })]))
    await models.open()
    expect(models.isDownloading).toBe(true)

    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    vi.mocked(listWeights).mockResolvedValue(aList([aWeight({ state: 'installed' })]))
    await seconds(1)
    expect([models.isDownloading, models.gfpgan?.installed]).toEqual([false, true])
  })

  it('looks again when somebody comes back to the page', async () => {
    const models = useModelsStore()
    await models.open()
    const visible = vi.spyOn(document, 'visibilityState', 'get')
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    for (const state of ['hidden', 'visible'] as const) {
      visible.mockReturnValue(state)
      document.dispatchEvent(new Event('visibilitychange'))
      await seconds(0)
    }
    expect(models.gfpgan?.installed).toBe(true)
  })

  it('says that a person knows of a licence’s limits only where they are', async () => {
    const models = useModelsStore()
    await models.download([aWeight(), aWeight({ name: 'parsenet', commercial_use: false })])
    expect(vi.mocked(downloadWeight).mock.calls).toEqual([
      ['v1.4', false],
      ['parsenet', true],
    ])
  })

  it('keeps why the server would not begin, until the next try', async () => {
    const models = useModelsStore()
    vi.mocked(downloadWeight).mockRejectedValueOnce(new ApiError('forbidden', 403))
    await models.download([aWeight()])
    expect(models.failures['v1.4']?.code).toBe('forbidden')

    await models.download([aWeight()])
    expect(models.failures).toEqual({})
  })

  it('takes a download that is under way already for what it is', async () => {
    const models = useModelsStore()
    vi.mocked(downloadWeight).mockRejectedValueOnce(new ApiError('conflict', 409))
    await models.download([aWeight()])
    expect(models.failures).toEqual({})
  })

  it('says when the server is away, and looks again by itself', async () => {
    const models = useModelsStore()
    vi.mocked(listWeights).mockRejectedValueOnce(new ApiError('network_error', 0))
    models.show()
    await seconds(0)
    expect(models.weightsState).toBe('error')
    await seconds(11)
    expect(models.weightsState).toBe('done')
  })

  it('is asked for in the language of the page', async () => {
    const models = useModelsStore()
    await models.loadEngines()
    i18n.global.locale.value = 'zh-CN'
    await seconds(0)
    expect(vi.mocked(listEngines).mock.calls).toEqual([['en'], ['zh-CN']])
  })
})
