import { beforeEach, describe, expect, it } from 'vitest'
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { i18n, showLocale } from '@/locales'
import JobFailure from '../JobFailure.vue'

beforeEach(() => {
  setActivePinia(createPinia())
  showLocale('en')
})

function show(code: string) {
  const failure = { code, params: {}, retryAfterS: null }
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
})
