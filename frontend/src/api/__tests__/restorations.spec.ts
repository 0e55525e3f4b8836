import { describe, expect, it } from 'vitest'
import { DEFAULT_CHOICES, restoreFields, type RestoreChoices } from '../restorations'

const choices = (changes: Partial<RestoreChoices> = {}) => ({ ...DEFAULT_CHOICES, ...changes })

describe('restoreFields', () => {
  it('send no engine an option that it would refuse', () => {
    const settings = { model: 'v1', mode: 'fast', rest: 'keep', colour: 'model' } as const
    for (const engine of ['auto', 'builtin'] as const) {
      const fields = restoreFields(choices({ engine, ...settings }), { fidelity: 0.5, faceIds: [1] })
      expect(fields).toEqual({ engine, scratches: 'auto', colour: 'auto', upscale: 'auto' })
    }
  })

  it('leave the model to the server unless one was chosen', () => {
    const fields = restoreFields(choices({ engine: 'gfpgan' }))
    expect(fields).toMatchObject({ engine: 'gfpgan', mode: 'best', scope: 'full', background: 'gfpgan' })
    expect(Object.keys(fields)).not.toEqual(expect.arrayContaining(['model']))
    expect(restoreFields(choices({ engine: 'gfpgan', model: 'v1.3' })).model).toBe('v1.3')
  })

  it('name no background where only the faces are wanted', () => {
    const fields = restoreFields(choices({ engine: 'gfpgan', rest: 'keep' }))
    expect(fields.scope).toBe('faces')
    expect(fields).not.toHaveProperty('background')
  })

  it('let only the first model colour', () => {
    const colourBy = (model: RestoreChoices['model']) =>
      restoreFields(choices({ engine: 'gfpgan', model, colour: 'model' })).colour
    expect([colourBy('v1'), colourBy('v1.4')]).toEqual(['model', 'auto'])
  })

  it('name the faces and the mixture that were chosen', () => {
    const gfpgan = choices({ engine: 'gfpgan' })
    expect(restoreFields(gfpgan, { fidelity: 0.35, faceIds: [0, 2] })).toMatchObject({
      fidelity: '0.35',
      face_ids: '0,2',
    })
    const usual = restoreFields(gfpgan, { fidelity: 0, faceIds: null })
    expect(usual).not.toHaveProperty('fidelity')
    expect(usual).not.toHaveProperty('face_ids')
  })
})
