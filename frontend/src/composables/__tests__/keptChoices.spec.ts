import { describe, expect, it } from 'vitest'
import { DEFAULT_CHOICES } from '@/api/restorations'
import { choicesOf, recallChoices, rememberChoices } from '../keptChoices'

function aStorage(text: string | null = null) {
  return { text, getItem: () => text, setItem: (_: string, value: string) => (text = value) }
}

describe('remembered choices', () => {
  it('are the defaults on a first visit, or when somebody else wrote them', () => {
    for (const text of [null, 'not json', '7', '{"engine": "hammer", "mode": 3}']) {
      expect(recallChoices(aStorage(text))).toEqual(DEFAULT_CHOICES)
    }
  })

  it('keep the engine and its settings, and not what belongs to one photo', () => {
    const storage = aStorage()
    const changes = { engine: 'gfpgan', model: 'v1.3', mode: 'fast', rest: 'keep', colour: 'keep' } as const
    rememberChoices({ ...DEFAULT_CHOICES, ...changes }, storage)
    expect(recallChoices(storage)).toEqual({ ...DEFAULT_CHOICES, ...changes, colour: 'auto' })
  })
})

describe('choicesOf', () => {
  it('are what a job was asked for, with the model that it used', () => {
    const options = { engine: 'auto', upscale: '4', mode: 'fast', scope: 'full', background: 'realesrgan' }
    expect(choicesOf(options, 'v1.3')).toEqual({
      ...DEFAULT_CHOICES,
      engine: 'gfpgan',
      model: 'v1.3',
      upscale: '4',
      mode: 'fast',
      rest: 'realesrgan',
    })
  })

  it('understand that only the faces were wanted', () => {
    expect(choicesOf({ scope: 'faces' }).rest).toBe('keep')
    expect(choicesOf({ scope: 'full', background: 'none' }).rest).toBe('keep')
  })

  it('leave the model to the server where it was a file of one’s own', () => {
    expect(choicesOf({}, 'mine.pth').model).toBe('auto')
  })
})
