import { describe, expect, it } from 'vitest'
import { DEFAULT_MOTION } from '@/api/animations'
import { recallMotion, rememberMotion } from '../keptMotion'

function aStorage(text: string | null = null) {
  return { getItem: () => text, setItem: (_: string, value: string) => void (text = value) }
}

describe('remembered choices for films', () => {
  it('are the defaults on a first visit, or when somebody else wrote them', () => {
    for (const text of [null, 'not json', '7', '{"engine": "hammer", "mode": 3}']) {
      expect(recallMotion(aStorage(text))).toEqual(DEFAULT_MOTION)
    }
  })

  it('are as they were left', () => {
    const storage = aStorage()
    const chosen = {
      engine: 'first_order',
      mode: 'fast',
      manner: 'absolute',
      reach: 'driver',
      rest: 'first',
    } as const
    rememberMotion(chosen, storage)
    expect(recallMotion(storage)).toEqual(chosen)
  })
})
