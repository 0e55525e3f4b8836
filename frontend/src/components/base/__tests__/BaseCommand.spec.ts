import { afterEach, describe, expect, it, vi } from 'vitest'
import { flushPromises, mount } from '@vue/test-utils'
import { i18n, showLocale } from '@/locales'
import BaseCommand from '../BaseCommand.vue'

function clipboard(writeText: () => Promise<void>): void {
  vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } })
}
afterEach(() => vi.unstubAllGlobals())

async function copy(): Promise<string> {
  showLocale('en')
  const page = mount(BaseCommand, { props: { command: 'make tea' }, global: { plugins: [i18n] } })
  await page.get('button').trigger('click')
  await flushPromises()
  return page.get('[role=status]').text()
}

describe('BaseCommand', () => {
  it('copies its line and says so', async () => {
    const writeText = vi.fn(() => Promise.resolve())
    clipboard(writeText)
    expect(await copy()).toBe('Copied')
    expect(writeText).toHaveBeenCalledWith('make tea')
  })

  it('says so when the browser does not let it', async () => {
    clipboard(() => Promise.reject(new Error('no')))
    expect(await copy()).toBe('Please copy it by hand')
  })
})
