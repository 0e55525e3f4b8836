import { describe, expect, it } from 'vitest'
import { mount } from '@vue/test-utils'
import type { Job, JobResult } from '@/api/wire'
import { aFace, aResult } from '@/composables/__tests__/builders'
import { i18n, showLocale, type Locale } from '@/locales'
import PhotoNotes from '../PhotoNotes.vue'

function notes(result: Partial<JobResult>, options: Job['options'] = {}, locale: Locale = 'en') {
  showLocale(locale)
  return mount(PhotoNotes, { props: { result: aResult(result), options }, global: { plugins: [i18n] } })
}
const factsOf = (...given: Parameters<typeof notes>) =>
  notes(...given)
    .get('.facts')
    .text()

const TWO = { engine: 'gfpgan', model: 'v1.4', faces: [aFace(), aFace({ id: 1 })] }

describe('PhotoNotes', () => {
  it('name the built-in engine', () => {
    expect(factsOf({})).toBe('Built-in engine · 100 × 80 px')
  })

  it('say how many faces are whose work, and whose the rest is', () => {
    expect(factsOf(TWO)).toContain('2 faces by GFPGAN v1.4, the rest by the built-in engine ·')
    expect(factsOf({ ...TWO, notes: ['light_by_model'] })).toContain('built-in engine and GFPGAN')
    expect(factsOf(TWO, { background: 'realesrgan' })).toContain('the rest by Real-ESRGAN')
    expect(factsOf(TWO, { scope: 'faces' })).toContain('the rest only mended and enlarged')
    expect(factsOf(TWO, {}, 'zh-CN')).toContain('2 张脸由 GFPGAN v1.4 修复，其余画面由内置引擎修复')
  })

  it('count only faces that were restored', () => {
    const faces = [aFace(), aFace({ id: 1, used: false, note: 'not_chosen' })]
    expect(factsOf({ ...TWO, faces, model: 'restoreformer' })).toContain('1 face by RestoreFormer')
    expect(factsOf({ ...TWO, faces: [] })).toContain('GFPGAN v1.4 engine')
  })

  it('tell the bias of colours that a model made, and not as a deed', () => {
    const page = notes({ ...TWO, notes: ['faces_restored', 'colour_by_model'] })
    expect(page.text()).toContain('Colours are the model’s guess')
    expect(page.findAll('li .caution')).toHaveLength(1)
  })
})
