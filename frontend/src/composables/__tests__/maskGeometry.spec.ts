import { describe, expect, it } from 'vitest'
import { maskSize, sharePercent } from '../maskGeometry'

describe('maskSize', () => {
  it('is the photo’s own size where a canvas can hold it', () => {
    expect(maskSize({ width: 2000, height: 2000 })).toEqual({ width: 2000, height: 2000 })
    expect(maskSize({ width: 16, height: 16 })).toEqual({ width: 16, height: 16 })
  })

  it('is the photo’s size over the smallest whole number that is enough', () => {
    expect(maskSize({ width: 4000, height: 3000 })).toEqual({ width: 2000, height: 1500 })
    expect(maskSize({ width: 7303, height: 5477 })).toEqual({ width: 1826, height: 1370 }) // by 4
  })

  it('is one from which the server reads the same number', () => {
    for (const [width, height] of [
      [4001, 3001],
      [12_000, 3333],
      [3333, 12_000],
      [6325, 6324],
      [2001, 2000],
    ] as const) {
      const mask = maskSize({ width, height })
      const read = Math.max(Math.ceil(width / mask.width), Math.ceil(height / mask.height))
      expect(mask).toEqual({ width: Math.ceil(width / read), height: Math.ceil(height / read) })
    }
  })
})

describe('sharePercent', () => {
  it('never calls something nothing, and has no digits that mean nothing', () => {
    expect([0, 0.00001, 0.0123, 0.5, 1].map(sharePercent)).toEqual(['0.0', '< 0.1', '1.2', '50', '100'])
  })
})
