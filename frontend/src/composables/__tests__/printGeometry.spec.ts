import { describe, expect, it } from 'vitest'
import type { Corners } from '@/api/prints'
import { isCuttable, middleOf, movedBy, newOutline, topMiddle, turned, withCorner } from '../printGeometry'

const SIZE = { width: 200, height: 100 }
const BOX: Corners = [
  [50, 20],
  [150, 20],
  [150, 80],
  [50, 80],
]

describe('isCuttable', () => {
  it('takes convex outlines in the picture, whichever side is up', () => {
    expect(isCuttable(BOX, SIZE)).toBe(true)
    expect(isCuttable(turned(turned(BOX)), SIZE)).toBe(true)
  })

  it.each<[string, Corners]>([
    [
      'outside',
      [
        [50, 20],
        [201, 20],
        [150, 80],
        [50, 80],
      ],
    ],
    [
      'mirrored',
      [
        [50, 20],
        [50, 80],
        [150, 80],
        [150, 20],
      ],
    ],
    [
      'crossed',
      [
        [50, 20],
        [150, 80],
        [150, 20],
        [50, 80],
      ],
    ],
    [
      'dented',
      [
        [50, 20],
        [150, 20],
        [70, 30],
        [50, 80],
      ],
    ],
    [
      'thin',
      [
        [50, 20],
        [150, 20],
        [150, 30],
        [50, 30],
      ],
    ],
  ])('refuses what is %s', (_, corners) => {
    expect(isCuttable(corners, SIZE)).toBe(false)
  })
})

describe('withCorner', () => {
  it('moves one corner and leaves the others', () => {
    const moved = withCorner(BOX, 1, [180, 10], SIZE)
    expect(moved).toEqual([BOX[0], [180, 10], BOX[2], BOX[3]])
  })

  it('stays in the picture', () => {
    expect(withCorner(BOX, 0, [-40, -40], SIZE)[0]).toEqual([0, 0])
    expect(withCorner(BOX, 2, [999, 999], SIZE)[2]).toEqual([200, 100])
  })

  it.each([
    ['across the outline', 0, [160, 90]],
    ['over its neighbour', 1, [40, 20]],
    ['into the middle', 2, [60, 30]],
  ] as const)('goes as far as it can when it is pulled %s', (_, index, to) => {
    const moved = withCorner(BOX, index, to, SIZE)
    expect(isCuttable(moved, SIZE)).toBe(true)
    expect(moved[index]).not.toEqual(BOX[index])
  })

  it('does not change what it was given', () => {
    const before = JSON.stringify(BOX)
    withCorner(BOX, 3, [10, 90], SIZE)
    expect(JSON.stringify(BOX)).toBe(before)
  })
})

describe('movedBy', () => {
  it('moves the whole outline, and stops at the edge in its shape', () => {
    expect(movedBy(BOX, 10, -5, SIZE)[0]).toEqual([60, 15])
    expect(movedBy(BOX, 1000, 1000, SIZE)).toEqual([
      [100, 40],
      [200, 40],
      [200, 100],
      [100, 100],
    ])
  })
})

describe('turned', () => {
  it('turns the print clockwise: its left side is up next', () => {
    expect(turned(BOX)).toEqual([BOX[3], BOX[0], BOX[1], BOX[2]])
    expect(topMiddle(turned(BOX))).toEqual([50, 50])
  })

  it('is back after four times', () => {
    expect(turned(turned(turned(turned(BOX))))).toEqual(BOX)
  })
})

describe('newOutline', () => {
  it.each([0, 1, 2, 3, 4, 5, 23])('number %i can be cut out of a small picture', (count) => {
    const size = { width: 48, height: 40 }
    expect(isCuttable(newOutline(size, count), size)).toBe(true)
  })

  it('does not lie exactly on the one before', () => {
    expect(newOutline(SIZE, 1)).not.toEqual(newOutline(SIZE, 0))
  })
})

it('the middle of an outline is the middle of its sides', () => {
  expect(middleOf(BOX)).toEqual([100, 50])
})
