import { describe, expect, it, vi } from 'vitest'
import { useStrokes } from '../useStrokes'

const at = (x: number) => ({ x, y: 0 })

function aPainting() {
  const onDraw = vi.fn()
  const onRedraw = vi.fn()
  const painting = useStrokes({ onDraw, onRedraw })
  function paint(...xs: number[]): void {
    const [first = 0, ...others] = xs
    painting.begin('brush', 10, at(first))
    for (const x of others) painting.extend(at(x))
    painting.end()
  }
  return { ...painting, onDraw, onRedraw, paint }
}

describe('useStrokes', () => {
  it('draws only what is new of a stroke', () => {
    const { paint, onDraw, strokes } = aPainting()
    paint(1, 2, 3)
    expect(onDraw.mock.calls.map((call) => call[1])).toEqual([0, 1, 2])
    expect(strokes.value[0]?.points).toEqual([at(1), at(2), at(3)])
  })

  it('takes strokes back one by one and puts them on again', () => {
    const { paint, undo, redo, strokes, canUndo, canRedo, onRedraw } = aPainting()
    paint(1)
    paint(2)
    undo()
    expect(onRedraw).toHaveBeenLastCalledWith([expect.objectContaining({ points: [at(1)] })])
    undo()
    undo()
    expect([strokes.value.length, canUndo.value, canRedo.value]).toEqual([0, false, true])
    redo()
    redo()
    expect(strokes.value.map((stroke) => stroke.points)).toEqual([[at(1)], [at(2)]])
    expect(canRedo.value).toBe(false)
  })

  it('forgets what was taken back once something else is painted', () => {
    const { paint, undo, redo, strokes } = aPainting()
    paint(1)
    undo()
    paint(2)
    redo()
    expect(strokes.value.map((stroke) => stroke.points)).toEqual([[at(2)]])
  })

  it('leaves nothing of a stroke that was none', () => {
    const { begin, extend, abort, strokes, onRedraw } = aPainting()
    begin('brush', 10, at(1))
    abort()
    extend(at(2))
    expect(strokes.value).toHaveLength(0)
    expect(onRedraw).toHaveBeenCalledWith([])
  })

  it('ends a stroke before it takes one back', () => {
    const { begin, undo, canRedo, strokes } = aPainting()
    begin('eraser', 10, at(1))
    undo()
    expect([strokes.value.length, canRedo.value]).toEqual([0, true])
  })
})
