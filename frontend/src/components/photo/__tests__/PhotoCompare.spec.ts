import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mount, type VueWrapper } from '@vue/test-utils'
import { nextTick, reactive } from 'vue'
import type { FaceBlend } from '@/composables/useFaceBlend'
import FaceLayers from '@/components/face/FaceLayers.vue'
import { i18n, showLocale } from '@/locales'
import PhotoCompare from '../PhotoCompare.vue'

let page: VueWrapper

beforeEach(async () => {
  showLocale('en')
  page = mount(PhotoCompare, {
    attachTo: document.body,
    props: { before: '/before.png', after: '/after.png', name: 'Grandma' },
    global: { plugins: [i18n] },
  })
  for (const image of page.findAll('img')) await image.trigger('load')
})
afterEach(() => page.unmount())

const range = () => page.get<HTMLInputElement>('input[type=range]')
const isHeld = () => page.find('.divider.held').exists()

describe('PhotoCompare', () => {
  it('waits in words until both pictures are there', async () => {
    await page.setProps({ after: '/other.png' })
    expect(page.text()).toContain('Loading the photo')
    expect(page.find('input').exists()).toBe(false)
  })

  it('says when a picture cannot be shown', async () => {
    await page.get('img').trigger('error')
    expect(page.text()).toContain('cannot show the picture')
  })

  it('offers a slider that keyboards and screen readers know', async () => {
    expect(range().attributes('aria-label')).toContain('the original on the left')
    expect(range().attributes('aria-valuetext')).toBe('50% original')

    await range().setValue(30)

    expect(range().attributes('aria-valuetext')).toBe('30% original')
  })

  it('names both pictures', () => {
    const texts = page.findAll('img').map((image) => image.attributes('alt'))
    expect(texts).toEqual(['Grandma · Restored', 'Grandma · Original'])
  })

  it('shows the original while the space bar is held', async () => {
    await range().trigger('keydown', { code: 'Space', key: ' ' })
    expect(isHeld()).toBe(true)

    await range().trigger('keyup', { code: 'Space', key: ' ' })
    expect(isHeld()).toBe(false)
  })

  it('leaves the space bar to buttons that have the focus', async () => {
    await page.get('button[aria-label="Zoom in"]').trigger('keydown', { code: 'Space', key: ' ' })
    expect(isHeld()).toBe(false)
  })

  it('shows the original while its button is held, by finger or by key', async () => {
    const button = page.get('button.hold')
    await button.trigger('pointerdown')
    expect(isHeld()).toBe(true)
    await button.trigger('pointerup')
    expect(isHeld()).toBe(false)
    await button.trigger('keydown', { key: 'Enter' })
    expect(isHeld()).toBe(true)
    await button.trigger('blur')
    expect(isHeld()).toBe(false)
  })

  it('offers to show repairs only where there are any', async () => {
    const toggle = () => page.find('button.toggle')
    expect(toggle().exists()).toBe(false)

    await page.setProps({ mask: '/mask.png', maskShare: 0.0123 })
    await toggle().trigger('click')

    expect(toggle().attributes('aria-pressed')).toBe('true')
    expect(page.get('canvas').attributes('aria-label')).toBe('Repaired: 1.2% of the picture')
    await toggle().trigger('click')
    expect(page.find('canvas').exists()).toBe(false)
  })

  it('offers to mark damage where it can be marked', async () => {
    expect(page.find('button.mark').exists()).toBe(false)
    await page.setProps({ canMark: true })
    await page.get('button.mark').trigger('click')
    expect(page.emitted('mark')).toHaveLength(1)
  })

  it('shows the whole result while something is tried out on the faces, and says so', async () => {
    await range().setValue(70)
    const blend = reactive({
      faces: [],
      layersUrl: null,
      canBlend: true,
      areMarksShown: false,
      isChanged: false,
      toggleMarks: () => (blend.areMarksShown = !blend.areMarksShown),
    })
    await page.setProps({ blend: blend as unknown as FaceBlend })
    expect(page.text()).not.toContain('Preview')

    blend.isChanged = true
    await nextTick()
    expect(page.text()).not.toContain('Preview') // the layers are still on their way

    page.getComponent(FaceLayers).vm.$emit('loaded')
    await nextTick()
    await nextTick()
    expect(range().element.value).toBe('0')
    expect(page.text()).toContain('Preview, not saved yet')

    blend.isChanged = false
    await nextTick()
    await nextTick()
    expect(range().element.value).toBe('70')
    await page.findAll('button.toggle').at(-1)?.trigger('click')
    expect(page.find('.marks').exists()).toBe(true)
  })

  it('zooms by key and returns to the whole picture', async () => {
    const percent = () => page.get('.percent').text()
    const whole = percent()

    await range().trigger('keydown', { key: '+' })
    expect(percent()).not.toBe(whole)

    await range().trigger('keydown', { key: '0' })
    await nextTick()
    expect(percent()).toBe(whole)
  })
})
