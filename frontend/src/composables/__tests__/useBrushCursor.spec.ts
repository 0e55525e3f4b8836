import { describe, expect, it } from 'vitest'
import { useBrushCursor } from '../useBrushCursor'

const key = (name: string, changes: object = {}) => new KeyboardEvent('keydown', { key: name, ...changes })

describe('useBrushCursor', () => {
  it('starts in the middle of the picture', () => {
    expect(useBrushCursor({ width: 100, height: 60 }).step(key('ArrowRight'), 10)).toEqual({ x: 60, y: 30 })
  })

  it('goes on from where the pointer was, and never leaves the picture', () => {
    const cursor = useBrushCursor({ width: 100, height: 60 })
    cursor.moveTo({ x: 95, y: -20 })
    expect(cursor.step(key('ArrowRight'), 10)).toEqual({ x: 100, y: 0 })
    expect(cursor.step(key('ArrowUp'), 10)).toEqual({ x: 100, y: 0 })
  })

  it('leaves other keys, and arrows that move the picture, alone', () => {
    const cursor = useBrushCursor({ width: 100, height: 60 })
    expect(cursor.step(key('a'), 10)).toBeNull()
    expect(cursor.step(key('ArrowLeft', { shiftKey: true }), 10)).toBeNull()
  })
})
