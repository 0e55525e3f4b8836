import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mount, type VueWrapper } from '@vue/test-utils'
import { aFilmOf } from '@/composables/__tests__/builders'
import { facesOf } from '@/composables/photoFaces'
import { i18n, showLocale } from '@/locales'
import FacePicker from '../FacePicker.vue'

let page: VueWrapper

beforeEach(() => {
  showLocale('en')
  const boxes = [
    [150, 20, 190, 60],
    [10, 20, 50, 60],
  ]
  page = mount(FacePicker, {
    props: {
      modelValue: 1,
      picture: '/photo',
      ratio: 2,
      faces: facesOf(aFilmOf(boxes)) ?? [],
      expressions: ['Nod', 'Still'],
    },
    global: { plugins: [i18n] },
  })
})
afterEach(() => page.unmount())

describe('FacePicker', () => {
  it('says which face, where it is and what it will do', () => {
    const labels = page.findAll('.face').map((face) => face.attributes('aria-label'))
    expect(labels).toEqual(['Face 1 of 2, left: Nod', 'Face 2 of 2, right: Still'])
    expect(page.findAll('.face').map((face) => face.attributes('aria-pressed'))).toEqual(['true', 'false'])
  })

  it('puts each button over its face', () => {
    const style = (page.get('.face').element as HTMLElement).style
    expect([parseFloat(style.left), parseFloat(style.top)]).toEqual([expect.closeTo(15), expect.closeTo(40)])
  })

  it('selects a face on the photo or in the list', async () => {
    await page.findAll('.face')[1]?.trigger('click')
    await page.findAll('.list button')[0]?.trigger('click')
    expect(page.emitted('update:modelValue')).toEqual([[0], [1]])
  })
})
