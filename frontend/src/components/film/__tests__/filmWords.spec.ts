import { describe, expect, it } from 'vitest'
import type { FilmQuality } from '@/api/wire'
import { graded, overall, stretchesOf } from '../filmWords'

const UNKNOWN: FilmQuality = {
  identity_change: null,
  jitter: null,
  flicker: null,
  seam: null,
  outside: null,
  loop: null,
  start: null,
}
const gradesOf = (quality: Partial<FilmQuality>) =>
  Object.fromEntries(graded({ ...UNKNOWN, ...quality }).map(({ name, grade }) => [name, grade]))

describe('graded', () => {
  it('leaves out what could not be told', () => {
    expect(graded(null)).toEqual([])
    expect(graded(UNKNOWN)).toEqual([])
    expect(gradesOf({ seam: 1 })).toEqual({ seam: 'veryGood' })
  })

  it('has a word on each side of every limit', () => {
    for (const { name, veryGood, good } of graded(ALL_ZERO)) {
      expect(gradesOf({ [name]: veryGood }), name).toEqual({ [name]: 'veryGood' })
      expect(gradesOf({ [name]: veryGood + 0.01 }), name).toEqual({ [name]: 'good' })
      expect(gradesOf({ [name]: good }), name).toEqual({ [name]: 'good' })
      expect(gradesOf({ [name]: good + 0.01 }), name).toEqual({ [name]: 'visible' })
    }
  })
})

const ALL_ZERO = Object.fromEntries(Object.keys(UNKNOWN).map((name) => [name, 0])) as unknown as FilmQuality

describe('overall', () => {
  it('is the word of the weakest', () => {
    expect(overall(graded(ALL_ZERO))).toBe('veryGood')
    expect(overall(graded({ ...ALL_ZERO, jitter: 0.9 }))).toBe('good')
    expect(overall(graded({ ...ALL_ZERO, jitter: 0.9, seam: 2 }))).toBe('visible')
  })
})

describe('stretchesOf', () => {
  it('joins frames that a person sees as one', () => {
    expect(stretchesOf([], 25)).toEqual([])
    expect(stretchesOf([50], 25)).toEqual([{ from: 2, to: 2.04 }])
    expect(stretchesOf([32, 30, 31, 35, 75], 25)).toEqual([
      { from: 1.2, to: 1.44 },
      { from: 3, to: 3.04 },
    ])
  })
})
