import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises, mount } from '@vue/test-utils'
import { listEngines } from '@/api/engines'
import { ApiError } from '@/api/http'
import { DEFAULT_CHOICES, type RestoreChoices } from '@/api/restorations'
import { listWeights } from '@/api/weights'
import type { Weight } from '@/api/wire'
import { aGfpgan, aList, aWeight } from '@/composables/__tests__/weightBuilders'
import { i18n, showLocale } from '@/locales'
import { useModelsStore } from '@/stores/models'
import EnginePicker from '../EnginePicker.vue'

vi.mock('@/api/engines', { spy: true })
vi.mock('@/api/weights', { spy: true })

async function aPicker(changes: Partial<RestoreChoices> = {}) {
  const modelValue = { ...DEFAULT_CHOICES, ...changes }
  const page = mount(EnginePicker, { props: { modelValue }, global: { plugins: [i18n] } })
  await useModelsStore().loadEngines()
  return page
}
type Picker = Awaited<ReturnType<typeof aPicker>>
const radio = (page: Picker, value: string) => page.get<HTMLInputElement>(`input[value="${value}"]`)

beforeEach(() => {
  showLocale('en')
  setActivePinia(createPinia())
  vi.mocked(listEngines).mockResolvedValue([aGfpgan()])
  vi.mocked(listWeights).mockResolvedValue(aList([aWeight()]))
})

describe('EnginePicker', () => {
  it('shows an engine that is not installed, and how to get it, but lets nobody choose it', async () => {
    const page = await aPicker()
    expect(radio(page, 'gfpgan').element.disabled).toBe(true)
    expect(page.text()).toContain('Not installed')
    expect(page.text()).toContain('At present: Built-in engine')

    await page.get('button').trigger('click')

    expect(page.get('button').text()).toBe('How to get it')
    expect(useModelsStore().isShown).toBe(true)
  })

  it('says of each what it does to a face', async () => {
    const text = (await aPicker()).text()
    expect(text).toContain('Keeps the face')
    expect(text).toContain('Invents detail')
    expect(text).toContain('Licence: Apache-2.0')
  })

  it('lets an installed engine be chosen, and shows its settings only then', async () => {
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    const page = await aPicker()
    expect(page.text()).toContain('At present: GFPGAN')
    expect(page.find('details').exists()).toBe(false)

    await radio(page, 'gfpgan').setValue()
    expect(page.emitted('update:modelValue')).toEqual([[{ ...DEFAULT_CHOICES, engine: 'gfpgan' }]])

    await page.setProps({ modelValue: { ...DEFAULT_CHOICES, engine: 'gfpgan' } })
    expect(page.get('details').attributes('open')).toBeUndefined()
  })

  it('offers only the models that are here', async () => {
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    const page = await aPicker({ engine: 'gfpgan' })
    expect(radio(page, 'v1.4').element.disabled).toBe(false)
    expect(radio(page, 'v1.3').element.disabled).toBe(true)

    await radio(page, 'v1.4').setValue()
    expect(page.emitted('update:modelValue')?.[0]).toEqual([
      { ...DEFAULT_CHOICES, engine: 'gfpgan', model: 'v1.4' },
    ])
  })

  it('lets nobody choose an enlarger whose file is missing, and says why', async () => {
    vi.mocked(listEngines).mockResolvedValue([aGfpgan({ installed: true })])
    const background = { name: 'realesr-general-x4v3', role: 'background', model: null }
    const isDisabledWith = async (state: Weight['state']) => {
      vi.mocked(listWeights).mockResolvedValue(aList([aWeight({ ...background, state })]))
      setActivePinia(createPinia())
      const page = await aPicker({ engine: 'gfpgan' })
      await flushPromises()
      const item = page.findAll('.el-segmented__item').find((one) => one.text() === 'Real-ESRGAN')
      return [item?.get('input').element.disabled, page.text().includes('is not installed;')]
    }
    expect(await isDisabledWith('missing')).toEqual([true, true])
    expect(await isDisabledWith('installed')).toEqual([false, false])
  })

  it('says when it cannot tell', async () => {
    vi.mocked(listEngines).mockRejectedValue(new ApiError('network_error', 0))
    const page = await aPicker()
    expect(page.text()).toContain('Cannot tell now')
    expect(radio(page, 'builtin').element.disabled).toBe(false)
  })
})
