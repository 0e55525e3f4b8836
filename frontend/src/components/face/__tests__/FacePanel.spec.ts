import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { mount, type VueWrapper } from '@vue/test-utils'
import { effectScope, ref, shallowRef, type EffectScope } from 'vue'
import { aFace, aRestorationOf } from '@/composables/__tests__/builders'
import { useFaceBlend, type FaceBlend } from '@/composables/useFaceBlend'
import { i18n, showLocale } from '@/locales'
import FaceMarks from '../FaceMarks.vue'
import FacePanel from '../FacePanel.vue'

const onSave = vi.fn()
let scope: EffectScope
let blend: FaceBlend
let pages: VueWrapper[]

beforeEach(() => {
  showLocale('en')
  onSave.mockClear()
  pages = []
  scope = effectScope()
  const faces = [
    aFace(),
    aFace({ id: 1, box: [140, 10, 180, 60] }),
    aFace({ id: 2, box: [90, 10, 94, 16], used: false, note: 'too_small', layer: null }),
  ]
  const job = shallowRef(aRestorationOf(faces))
  blend = scope.run(() => useFaceBlend({ job, mediaId: ref('media-1'), onSave })) as FaceBlend
})
afterEach(() => {
  for (const page of pages) page.unmount()
  scope.stop()
})

function show(component: typeof FacePanel | typeof FaceMarks): VueWrapper {
  const page = mount(component, { props: { blend, isBusy: false }, global: { plugins: [i18n] } })
  pages.push(page)
  return page
}
const labels = (page: VueWrapper, selector: string) =>
  page.findAll(selector).map((one) => one.attributes('aria-label'))

describe('FacePanel', () => {
  it('says of every face where it is and what became of it', () => {
    const texts = show(FacePanel)
      .findAll('li > button')
      .map((one) => one.text().slice(1)) // behind the number, which is not read aloud
    expect(texts).toEqual([
      'Face 1 of 3, left: Restored',
      'Face 2 of 3, middle: Cannot be restored: too small',
      'Face 3 of 3, right: Restored',
    ])
  })

  it('offers to save only what is not saved yet', async () => {
    const page = show(FacePanel)
    expect(page.find('.unsaved').exists()).toBe(false)

    await page.get('input').setValue('0.5')

    expect(page.get('input').attributes('aria-valuetext')).toBe('50% photo')
    expect(page.text()).toContain('only then does the download have the changes')
    await page.get('.unsaved button').trigger('click')
    expect(onSave).toHaveBeenCalledWith({ fidelity: 0.5, faceIds: null })
  })

  it('does not call a preview what it cannot show', async () => {
    const page = show(FacePanel)
    blend.giveUpPreview()
    await page.get('input').setValue('0.5')
    expect(page.text()).toContain('There is no preview for this photo')
    expect(page.text()).not.toContain('What you see is a preview')
    expect(page.text()).toContain('only then does the download have the changes')
  })

  it('sends those away who want no face restored', async () => {
    const page = show(FacePanel)
    for (const face of page.findAll('li > button')) await face.trigger('click')
    expect(page.text()).toContain('use the built-in engine instead')
    expect(page.get('.unsaved button').attributes('disabled')).toBeDefined()
  })
})

describe('FaceMarks', () => {
  it('lie on the faces and leave one at a click', async () => {
    const page = show(FaceMarks)
    const [first] = page.findAll('.face')
    const style = (first?.element as HTMLElement).style
    expect([parseFloat(style.left), parseFloat(style.top)]).toEqual([expect.closeTo(20), expect.closeTo(35)])

    await first?.trigger('click')

    expect(labels(page, '.face')[0]).toBe('Face 1 of 3, left: Left as it was')
    expect(first?.attributes('aria-pressed')).toBe('false')
    expect(blend.isChanged).toBe(true)
  })

  it('lie with small faces on large ones', () => {
    const heights = show(FaceMarks)
      .findAll('.face')
      .map((one) => Number((one.element as HTMLElement).style.zIndex))
    expect(heights[1]).toBeGreaterThan(Math.max(heights[0] ?? NaN, heights[2] ?? NaN)) // the small one
  })

  it('do not let a press on a face move the divider below it', async () => {
    const page = mount(
      {
        components: { FaceMarks },
        setup: () => ({ blend, onDown }),
        template: '<div @pointerdown="onDown"><FaceMarks :blend="blend" /></div>',
      },
      { global: { plugins: [i18n] } },
    )
    pages.push(page)
    await page.get('.face').trigger('pointerdown')
    expect(onDown).not.toHaveBeenCalled()
  })
})
const onDown = vi.fn()
