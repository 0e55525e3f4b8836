import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { mount } from '@vue/test-utils'
import { DEFAULT_MOTION } from '@/api/animations'
import { listEngines } from '@/api/engines'
import { ApiError } from '@/api/http'
import { listWeights } from '@/api/weights'
import { aFirstOrder, aGfpgan, aList, aWeight } from '@/composables/__tests__/weightBuilders'
import { i18n, showLocale } from '@/locales'
import { useModelsStore } from '@/stores/models'
import { useMotionStore } from '@/stores/motion'
import MotionPicker from '../MotionPicker.vue'

vi.mock('@/api/engines', { spy: true })
vi.mock('@/api/weights', { spy: true })

async function aPicker() {
  const page = mount(MotionPicker, { global: { plugins: [i18n] } })
  await useModelsStore().loadEngines()
  return page
}
type Picker = Awaited<ReturnType<typeof aPicker>>
const radio = (page: Picker, value: string) => page.get<HTMLInputElement>(`input[value="${value}"]`)

beforeEach(() => {
  showLocale('en')
  localStorage.clear()
  setActivePinia(createPinia())
  vi.mocked(listEngines).mockResolvedValue([aGfpgan(), aFirstOrder()])
  vi.mocked(listWeights).mockResolvedValue(aList([aWeight()]))
})

describe('MotionPicker', () => {
  it('shows the engine that is not installed, and how to get it, but lets nobody choose it', async () => {
    const page = await aPicker()
    expect(radio(page, 'first_order').element.disabled).toBe(true)
    expect(page.text()).toContain('At present: Built-in engine')
    await page.get('button').trigger('click')
    expect(page.get('button').text()).toBe('How to get it')
    expect(useModelsStore().isShown).toBe(true)
  })

  it('takes it by itself once it is installed', async () => {
    vi.mocked(listEngines).mockResolvedValue([aFirstOrder({ installed: true })])
    const page = await aPicker()
    expect(page.text()).toContain('At present: First Order Motion')
    expect(useMotionStore().engine).toBe('first_order')
    expect(page.find('details').exists()).toBe(false)
  })

  it('shows its settings to who chooses it by name, and remembers them', async () => {
    vi.mocked(listEngines).mockResolvedValue([aFirstOrder({ installed: true })])
    const page = await aPicker()
    await radio(page, 'first_order').setValue()
    expect(page.findAll('.row')).toHaveLength(4)

    const absolute = page.findAll('.el-segmented__item').find((one) => one.text() === 'Exactly')
    await absolute?.get('input').setValue()

    expect(useMotionStore().choices).toEqual({
      ...DEFAULT_MOTION,
      engine: 'first_order',
      manner: 'absolute',
    })
    expect(page.findAll('.row')).toHaveLength(2) // the others belong to relative motion
    setActivePinia(createPinia())
    expect(useMotionStore().choices.manner).toBe('absolute')
  })

  it('knows films of one manner from those of another', async () => {
    const motion = useMotionStore()
    expect(motion.manner).toBe('builtin')
    motion.choose({ ...DEFAULT_MOTION, mode: 'fast' }) // not an option of the engine that is used
    expect(motion.manner).toBe('builtin')
    motion.choose({ ...DEFAULT_MOTION, engine: 'first_order', mode: 'fast' })
    expect(motion.manner).toBe('first_order mode=fast')
  })

  it('says when it cannot tell', async () => {
    vi.mocked(listEngines).mockRejectedValue(new ApiError('network_error', 0))
    const page = await aPicker()
    expect(page.text()).toContain('Cannot tell now')
    expect(radio(page, 'builtin').element.disabled).toBe(false)
  })
})
