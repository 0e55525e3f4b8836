import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { listEngines } from '@/api/engines'
import { ApiError } from '@/api/http'
import { cancelWeight, downloadWeight, listWeights } from '@/api/weights'
import type { Weight } from '@/api/wire'
import { aGfpgan, aWeight } from '@/composables/__tests__/weightBuilders'
import { i18n, showLocale } from '@/locales'
import { useModelsStore } from '@/stores/models'
import ModelsDialog from '../ModelsDialog.vue'

vi.mock('@/api/engines', { spy: true })
vi.mock('@/api/weights', { spy: true })

const DETECTOR = { name: 'retinaface-r50', file: 'detection_Resnet50_Final.pth', bytes: 110_000_000 }
let page: VueWrapper

async function open(...weights: Weight[]): Promise<HTMLElement> {
  vi.mocked(listWeights).mockResolvedValue(weights)
  page = mount(ModelsDialog, { global: { plugins: [i18n] }, attachTo: document.body })
  const models = useModelsStore()
  await models.loadEngines()
  models.show()
  await flushPromises()
  return document.body
}
const button = (text: string) =>
  [...document.querySelectorAll('button')].find((one) => one.textContent?.includes(text))

beforeEach(() => {
  vi.clearAllMocks()
  showLocale('en')
  setActivePinia(createPinia())
  vi.mocked(listEngines).mockResolvedValue([aGfpgan()])
  vi.mocked(downloadWeight).mockResolvedValue()
  vi.mocked(cancelWeight).mockResolvedValue()
})
afterEach(() => {
  useModelsStore().hide()
  page.unmount()
  document.body.innerHTML = ''
})

describe('ModelsDialog', () => {
  it('says what is needed, how large it is, and downloads all of it at one press', async () => {
    const body = await open(aWeight(), aWeight(DETECTOR), aWeight({ name: 'other', file: 'other.pth' }))
    expect(body.textContent).toContain('GFPGAN v1.4 needs 2 files, 458 MB in all.')
    expect(downloadWeight).not.toHaveBeenCalled()

    button('Download what is missing (458 MB)')?.click()
    await flushPromises()

    expect(vi.mocked(downloadWeight).mock.calls).toEqual([['gfpgan-v1.4'], ['retinaface-r50']])
  })

  it('counts only what has not arrived yet', async () => {
    await open(
      aWeight({ state: 'partial', bytes_so_far: 100_000_000 }),
      aWeight({ ...DETECTOR, state: 'installed' }),
    )
    expect(button('Download what is missing (248 MB)')).toBeDefined()
    expect(button('Continue')).toBeDefined()
  })

  it('gives the operator’s command where this browser may not download', async () => {
    const body = await open(aWeight({ may_download: false }), aWeight({ ...DETECTOR, may_download: false }))
    expect(button('Download')).toBeUndefined()
    expect(body.textContent).toContain('python -m backend weights download gfpgan-v1.4 retinaface-r50')
    expect(body.textContent).toContain('python -m backend weights import FOLDER')
  })

  it('shows how far a download is, and stops it', async () => {
    const body = await open(aWeight({ state: 'downloading', bytes_so_far: 174_000_000 }))
    expect(body.textContent).toContain('174 MB of 348 MB')
    expect(body.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('50')

    button('Stop')?.click()
    await flushPromises()
    expect(cancelWeight).toHaveBeenCalledWith('gfpgan-v1.4')
  })

  it('says why a file was refused', async () => {
    const body = await open(aWeight({ state: 'refused', refusal: 'checksum' }))
    expect(body.textContent).toContain('differs from what its authors published')
    expect(button('Download again')).toBeDefined()
  })

  it('says what may not be used for business, and the catch of each licence', async () => {
    const body = await open(aWeight({ commercial_use: false, licence_note: 'Trained on FFHQ.' }))
    expect(body.textContent).toContain('Non-commercial use only')
    expect(body.textContent).toContain('Trained on FFHQ.')
  })

  it('says when the engine is ready', async () => {
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    const body = await open(aWeight({ state: 'installed' }))
    expect(body.textContent).toContain('GFPGAN is ready.')
    expect(button('Download')).toBeUndefined()
  })

  it('keeps its words when the server is away', async () => {
    vi.mocked(listWeights).mockRejectedValue(new ApiError('network_error', 0))
    page = mount(ModelsDialog, { global: { plugins: [i18n] }, attachTo: document.body })
    useModelsStore().show()
    await flushPromises()
    expect(document.querySelector('[role=alert]')?.textContent).toContain('could not be loaded')
  })
})
