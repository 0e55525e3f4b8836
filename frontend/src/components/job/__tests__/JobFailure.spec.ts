import { beforeEach, describe, expect, it, vi } from 'vitest'
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { listWeights } from '@/api/weights'
import { aList } from '@/composables/__tests__/weightBuilders'
import { i18n, showLocale } from '@/locales'
import { useModelsStore } from '@/stores/models'
import JobFailure from '../JobFailure.vue'

vi.mock('@/api/weights', { spy: true })

beforeEach(() => {
  vi.mocked(listWeights).mockResolvedValue(aList([]))
  setActivePinia(createPinia())
  showLocale('en')
})

function show(code: string, retryAfterS: number | null = null) {
  const failure = { code, params: {}, retryAfterS }
  return mount(JobFailure, { props: { failure, canRetry: true }, global: { plugins: [i18n] } })
}

describe('JobFailure', () => {
  it('offers no second try where the same file would end the same way', () => {
    expect(show('unreadable_image').find('button').exists()).toBe(false)
    expect(show('network_error').find('button').text()).toBe('Try again')
  })

  it('shows a code only where the operator has to hear it', () => {
    expect(show('image_too_large').text()).not.toContain('image_too_large')
    expect(show('internal_error').text()).toContain('internal_error')
  })

  it('has words for a code it does not know, and shows it', () => {
    const text = show('brand_new').text()
    expect(text).toContain('Something unexpected')
    expect(text).toContain('brand_new')
  })

  it('says how long to wait, unless waiting brings nothing', () => {
    expect(show('queue_full', 9.5).text()).toContain('in 10 s')
    expect(show('weights_missing', 3600).text()).not.toContain('3600')
  })

  it('leads to the list of models where a model is what is missing', async () => {
    const button = show('weights_missing')
      .findAll('button')
      .find((one) => one.text() === 'Engines and models')
    expect(useModelsStore().isShown).toBe(false)
    await button?.trigger('click')
    expect(useModelsStore().isShown).toBe(true)
  })
})
