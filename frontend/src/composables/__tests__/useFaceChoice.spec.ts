import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { effectScope, nextTick, reactive, type EffectScope } from 'vue'
import { facesOf } from '../photoFaces'
import { useFaceChoice } from '../useFaceChoice'
import type { Photo } from '../usePhoto'
import { aFilmOf } from './builders'

let scope: EffectScope
beforeEach(() => {
  scope = effectScope()
})
afterEach(() => scope.stop())

const TWO = facesOf(
  aFilmOf([
    [150, 20, 190, 60],
    [10, 20, 50, 60],
  ]),
)

function aChoice(faces = TWO) {
  const photo = reactive({ key: 'a', jobId: 'job-1', afterUrl: '/after', faces })
  const choice = scope.run(() => useFaceChoice(() => photo as unknown as Photo))
  if (!choice) throw new Error('no scope')
  return { photo, choice }
}

describe('useFaceChoice', () => {
  it.each([
    ['nobody is known', null],
    ['there is one face', TWO?.slice(1) ?? null],
  ])('is not offered while %s', (_case, faces) => {
    const { choice } = aChoice(faces)
    choice.mode.value = 'each'
    expect([choice.areSeveral.value, choice.mode.value]).toEqual([false, 'alike'])
  })

  it('begins with the face on the left', async () => {
    const { choice } = aChoice()
    choice.mode.value = 'each'
    await nextTick()
    expect(choice.selectedId.value).toBe(1)
  })

  it('keeps what other faces have, and lets any be still again', async () => {
    const { choice } = aChoice()
    choice.mode.value = 'each'
    await nextTick()
    choice.choose('nod')
    choice.selectedId.value = 0
    choice.choose('smile')
    expect(choice.chosen.value).toEqual({ 0: 'smile', 1: 'nod' })
    choice.choose(null)
    expect([choice.chosen.value, choice.hasMotion.value]).toEqual([{ 1: 'nod' }, true])
    choice.selectedId.value = 1
    choice.choose(null)
    expect(choice.hasMotion.value).toBe(false)
  })

  it('starts anew with another photo, and when this one is restored again', async () => {
    for (const change of [{ key: 'b' }, { jobId: 'job-2' }]) {
      const { photo, choice } = aChoice()
      choice.mode.value = 'each'
      await nextTick()
      choice.choose('nod')
      Object.assign(photo, change)
      await nextTick()
      expect([choice.mode.value, choice.chosen.value]).toEqual(['alike', {}])
    }
  })
})
