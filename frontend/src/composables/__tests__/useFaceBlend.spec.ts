import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, shallowRef, type EffectScope } from 'vue'
import type { FaceWishes } from '@/api/restorations'
import type { Job } from '@/api/wire'
import type { RestoredFace } from '../restoredFaces'
import { useFaceBlend } from '../useFaceBlend'
import { aFace, aJob, aRestorationOf, aResult } from './builders'

let scope: EffectScope
beforeEach(() => {
  scope = effectScope()
})
afterEach(() => scope.stop())

const RIGHT = aFace({ id: 1, box: [140, 10, 180, 60] })

function aBlend(first: Job | null = aRestorationOf([RIGHT, aFace()])) {
  const job = shallowRef(first)
  const onSave = vi.fn<(wishes: FaceWishes) => void>()
  const blend = scope.run(() => useFaceBlend({ job, mediaId: ref('media-1'), onSave }))
  if (!blend) throw new Error('the scope has ended')
  return { blend, job, onSave }
}
const faceOf = (faces: readonly RestoredFace[], id: number) =>
  faces.find((face) => face.id === id) as RestoredFace

describe('useFaceBlend', () => {
  it('knows the faces from the left, and where their layers are', () => {
    const { blend } = aBlend()
    expect(blend.faces.map(({ id, side }) => [id, side])).toEqual([
      [0, 'left'],
      [1, 'right'],
    ])
    expect(blend.layersUrl).toContain('media-1?variant=layers')
    expect([blend.canBlend, blend.isChanged]).toEqual([true, false])
  })

  it('has nothing to offer for the built-in engine, nor before there is a result', () => {
    const faces = [aFace()]
    const builtin = aJob({ state: 'succeeded', result: aResult({ faces }) })
    expect(aBlend(builtin).blend.faces).toEqual([])
    expect(aBlend(null).blend.layersUrl).toBeNull()
  })

  it('tries a mixture out, saves it, and takes it back', () => {
    const { blend, onSave } = aBlend()
    blend.setFidelity(0.35)
    expect([blend.isChanged, blend.fidelityOf(faceOf(blend.faces, 1))]).toEqual([true, 0.35])

    blend.save()
    expect(onSave).toHaveBeenCalledWith({ fidelity: 0.35, faceIds: null })

    blend.reset()
    expect([blend.isChanged, blend.fidelity]).toEqual([false, 0])
  })

  it('shows the photo’s own face where one is left, and names the others when saved', () => {
    const { blend, onSave } = aBlend()
    const left = faceOf(blend.faces, 0)
    blend.toggle(left)
    expect([blend.isLeft(left), blend.fidelityOf(left)]).toEqual([true, 1])
    expect(blend.fidelityOf(faceOf(blend.faces, 1))).toBe(0)

    blend.save()
    expect(onSave).toHaveBeenCalledWith({ fidelity: 0, faceIds: [1] })

    blend.toggle(left)
    expect(blend.isChanged).toBe(false)
  })

  it('does not save a restoration of nobody', () => {
    const { blend } = aBlend(aRestorationOf([aFace()]))
    blend.toggle(faceOf(blend.faces, 0))
    expect([blend.isNobodyLeft, blend.canSave]).toEqual([true, false])
  })

  it('begins with what the result was made with', () => {
    const left = aFace({ id: 1, used: false, note: 'not_chosen', layer: null })
    const { blend } = aBlend(aRestorationOf([aFace(), left], { fidelity: 0.4, face_ids: [0] }))
    expect([blend.fidelity, blend.isLeft(faceOf(blend.faces, 1)), blend.isChanged]).toEqual([
      0.4,
      true,
      false,
    ])

    blend.toggle(faceOf(blend.faces, 1))
    expect(blend.isAwaited(faceOf(blend.faces, 1))).toBe(true)
    expect(blend.canSave).toBe(true)
  })

  it('leaves alone what the model cannot restore', () => {
    const tiny = aFace({ id: 1, used: false, note: 'too_small', layer: null })
    const { blend, onSave } = aBlend(aRestorationOf([aFace(), tiny]))
    blend.toggle(faceOf(blend.faces, 1))
    expect(blend.isChanged).toBe(false)
    blend.setFidelity(0.5)
    blend.save()
    expect(onSave).toHaveBeenCalledWith({ fidelity: 0.5, faceIds: null })
  })

  it('begins anew with the next result', async () => {
    const { blend, job } = aBlend()
    blend.setFidelity(0.8)
    blend.giveUpPreview()
    job.value = { ...aRestorationOf([aFace()], { fidelity: 0.8 }), id: 'job-2' }
    await nextTick()
    expect([blend.fidelity, blend.isChanged, blend.canBlend]).toEqual([0.8, false, true])
  })
})
