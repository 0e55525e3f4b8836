import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { listEngines } from '@/api/engines'
import { ApiError } from '@/api/http'
import { cancelWeight, downloadWeight, listWeights } from '@/api/weights'
import type { Weight } from '@/api/wire'
import { aFirstOrder, aGfpgan, aList, aWeight } from '@/composables/__tests__/weightBuilders'
import { i18n, showLocale } from '@/locales'
import { useModelsStore } from '@/stores/models'
import ModelsDialog from '../ModelsDialog.vue'

vi.mock('@/api/engines', { spy: true })
vi.mock('@/api/weights', { spy: true })

const BACKGROUND = { name: 'realesr-general-x4v3', file: 'realesr-general-x4v3.pth', bytes: 5_000_000 }
let page: VueWrapper

async function open(weights: Weight[], mayDownload = true): Promise<HTMLElement> {
  vi.mocked(listWeights).mockResolvedValue(aList(weights, mayDownload))
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
    const other = aWeight({ name: 'v1.3', file: 'GFPGANv1.3.pth', default: false })
    const body = await open([aWeight(), aWeight(BACKGROUND), other])
    expect(body.textContent).toContain('The recommended set for GFPGAN: 2 files, 353 MB in all.')
    expect(downloadWeight).not.toHaveBeenCalled()

    button('Download what is missing (353 MB)')?.click()
    await flushPromises()

    expect(vi.mocked(downloadWeight).mock.calls).toEqual([
      ['v1.4', false],
      ['realesr-general-x4v3', false],
    ])
  })

  it('counts only what has not arrived yet', async () => {
    const begun = aWeight({ state: 'partial', bytes_so_far: 100_000_000 })
    await open([begun, aWeight({ ...BACKGROUND, state: 'installed' })])
    expect(button('Download what is missing (248 MB)')).toBeDefined()
    expect(button('Continue')).toBeDefined()
  })

  it('gives the operator’s command where this browser may not download', async () => {
    const parser = { name: 'parsenet', default: false, commercial_use: false }
    const body = await open([aWeight(), aWeight(parser)], false)
    expect(button('Download')).toBeUndefined()
    const commands = [...body.querySelectorAll('code')].map((one) => one.textContent)
    expect(commands).toEqual([
      'python -m backend weights download',
      'python -m backend weights import FOLDER',
      'python -m backend weights download v1.4',
      'python -m backend weights download parsenet --accept-non-commercial',
    ])
  })

  it('does not offer to download what has no address', async () => {
    const body = await open([aWeight({ has_address: false, default: false })])
    expect(button('Download')).toBeUndefined()
    expect(body.textContent).toContain('the operator can import it')
  })

  it('shows how far a download is, and stops it', async () => {
    const body = await open([aWeight({ state: 'downloading', bytes_so_far: 174_000_000 })])
    expect(body.textContent).toContain('174 MB of 348 MB')
    expect(body.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('50')

    button('Stop')?.click()
    await flushPromises()
    expect(cancelWeight).toHaveBeenCalledWith('v1.4')
  })

  it('says why a file was refused, and has it fetched whole', async () => {
    const body = await open([aWeight({ state: 'refused', refusal: 'checksum', bytes_so_far: 348_000_000 })])
    expect(body.textContent).toContain('differs from what its authors published')
    expect(button('Download again')).toBeDefined()
    expect(button('Download what is missing (348 MB)')).toBeDefined()
  })

  it('says why a download ended, in words or at least by its code, and is silent when it was stopped', async () => {
    const troubleOf = async (failure: string) => {
      const body = await open([aWeight({ state: 'partial', failure })])
      const words = body.querySelector('.trouble')?.textContent ?? ''
      page.unmount()
      useModelsStore().hide()
      return words
    }
    expect(await troubleOf('network')).toContain('check the server’s network')
    expect(await troubleOf('tls')).toContain('(tls)')
    expect(await troubleOf('cancelled')).toBe('')
  })

  it('says what may not be used for business, and the catch of each licence', async () => {
    const body = await open([aWeight({ commercial_use: false, licence_note: 'Trained on FFHQ.' })])
    expect(body.textContent).toContain('Non-commercial use only')
    expect(body.textContent).toContain('Trained on FFHQ.')
    expect(button('Download, for non-commercial use only')).toBeDefined()
  })

  it('says when the engine is ready', async () => {
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    const body = await open([aWeight({ state: 'installed' })])
    expect(body.textContent).toContain('GFPGAN is ready.')
    expect(button('Download')).toBeUndefined()
  })

  it('says that the engine works while something recommended is missing', async () => {
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    const body = await open([aWeight({ state: 'installed' }), aWeight(BACKGROUND)])
    expect(body.textContent).toContain('GFPGAN works already. Still missing from the recommended files: 1.')
    expect(body.textContent).not.toContain('GFPGAN is ready.')
    expect(button('Download what is missing (5.0 MB)')).toBeDefined()
  })

  it('has the recommended one of a network’s files fetched, and asks for no more once there is one', async () => {
    const vox = { engine: 'first_order', role: 'motion', default: false, commercial_use: false }
    const recommended = aWeight({ ...vox, name: 'vox-cpk', file: 'vox-cpk.pth.tar', bytes: 729_000_000 })
    const other = aWeight({ ...vox, name: 'vox-adv-cpk', file: 'vox-adv-cpk.pth.tar' })
    vi.mocked(listEngines).mockResolvedValue([aFirstOrder()])
    const body = await open([recommended, other])
    expect(body.textContent).toContain('Recommended: vox-cpk.pth.tar')
    button('Download what is missing (729 MB), for non-commercial use only')?.click()
    await flushPromises()
    expect(vi.mocked(downloadWeight).mock.calls).toEqual([['vox-cpk', true]])
    page.unmount()

    vi.mocked(listEngines).mockResolvedValue([aFirstOrder({ installed: true })])
    await open([recommended, { ...other, state: 'installed' }])
    expect(body.textContent).toContain('First Order Motion is ready.')
    expect(button('Download what is missing')).toBeUndefined()
  })

  it('gives the operator’s command for a network’s file, with what it may not be used for', async () => {
    vi.mocked(listEngines).mockResolvedValue([aFirstOrder()])
    const vox = { engine: 'first_order', name: 'vox-cpk', default: false, commercial_use: false }
    const body = await open([aWeight(vox)], false)
    expect(body.querySelector('code')?.textContent).toBe(
      'python -m backend weights download vox-cpk --accept-non-commercial',
    )
  })

  it('keeps its words when the server is away', async () => {
    vi.mocked(listWeights).mockRejectedValue(new ApiError('network_error', 0))
    page = mount(ModelsDialog, { global: { plugins: [i18n] }, attachTo: document.body })
    useModelsStore().show()
    await flushPromises()
    expect(document.querySelector('[role=alert]')?.textContent).toContain('could not be loaded')
  })
})
