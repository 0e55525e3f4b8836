import { describe, expect, it } from 'vitest'
import { paceOf, sizeText, withSeen } from '../downloadPace'

const MB = 1_000_000

describe('paceOf', () => {
  it('says nothing before there is something to measure', () => {
    expect(paceOf([], 100 * MB)).toBeNull()
    expect(paceOf([{ atMs: 0, bytes: 0 }], 100 * MB)).toBeNull()
    const tooSoon = [
      { atMs: 0, bytes: 0 },
      { atMs: 1000, bytes: MB },
    ]
    expect(paceOf(tooSoon, 100 * MB)).toBeNull()
  })

  it('tells speed and time left from what came lately', () => {
    const seen = [
      { atMs: 0, bytes: 10 * MB },
      { atMs: 5000, bytes: 20 * MB },
    ]
    expect(paceOf(seen, 100 * MB)).toEqual({ bytesPerS: 2 * MB, secondsLeft: 40 })
  })

  it('tells the speed alone where the size is not known', () => {
    const seen = [
      { atMs: 0, bytes: 0 },
      { atMs: 2000, bytes: MB },
    ]
    expect(paceOf(seen, null)).toEqual({ bytesPerS: MB / 2, secondsLeft: null })
  })

  it('promises nothing while nothing moves', () => {
    const seen = [
      { atMs: 0, bytes: MB },
      { atMs: 5000, bytes: MB },
    ]
    expect(paceOf(seen, 100 * MB)).toBeNull()
  })
})

describe('withSeen', () => {
  it('forgets what is older than ten seconds', () => {
    const seen = withSeen([{ atMs: 0, bytes: 1 }], { atMs: 10_001, bytes: 2 })
    expect(seen).toEqual([{ atMs: 10_001, bytes: 2 }])
  })

  it('begins anew with a file that does', () => {
    const seen = withSeen([{ atMs: 0, bytes: 500 }], { atMs: 1000, bytes: 20 })
    expect(seen).toEqual([{ atMs: 1000, bytes: 20 }])
  })
})

describe('sizeText', () => {
  it('has no more digits than mean anything', () => {
    const sizes = [62_001, 4_885_111, 109_497_761, 348_632_874, 1_340_000_000]
    expect(sizes.map(sizeText)).toEqual(['63 kB', '4.9 MB', '109 MB', '349 MB', '1.3 GB'])
  })
})
