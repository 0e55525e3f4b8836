import { describe, expect, it, vi } from 'vitest'
import { useBrushPointers } from '../useBrushPointers'

function anArea(isMoving = false) {
  const zoom = { panBy: vi.fn(), zoomBy: vi.fn() }
  const stroke = { begin: vi.fn(), extend: vi.fn(), end: vi.fn(), abort: vi.fn() }
  const area = document.createElement('div')
  area.setPointerCapture = () => undefined
  const pointers = useBrushPointers({ zoom, isMoving: () => isMoving, ...stroke })
  const at = (x: number, changes: object = {}) =>
    ({
      button: 0,
      pointerId: 1,
      clientX: x,
      clientY: 0,
      currentTarget: area,
      preventDefault: () => undefined,
      ...changes,
    }) as never
  return { zoom, stroke, pointers, at }
}

describe('useBrushPointers', () => {
  it('paints from where one finger comes down to where it leaves', () => {
    const { pointers, stroke, at } = anArea()
    pointers.onPointerDown(at(10))
    pointers.onPointerMove(at(20))
    pointers.onPointerUp(at(20))
    expect(stroke.begin).toHaveBeenCalledWith({ x: 10, y: 0 })
    expect(stroke.extend).toHaveBeenCalledWith({ x: 20, y: 0 })
    expect(stroke.end).toHaveBeenCalledOnce()
  })

  it('zooms with two fingers, and what the first began is no stroke', () => {
    const { pointers, stroke, zoom, at } = anArea()
    pointers.onPointerDown(at(0))
    pointers.onPointerDown(at(100, { pointerId: 2 }))
    pointers.onPointerMove(at(200, { pointerId: 2 }))
    pointers.onPointerUp(at(200, { pointerId: 2 }))
    pointers.onPointerMove(at(50))
    pointers.onPointerUp(at(50))
    expect(stroke.abort).toHaveBeenCalledOnce()
    expect(zoom.zoomBy.mock.calls[0]?.[0]).toBeCloseTo(2)
    expect([stroke.extend, stroke.end].map((call) => call.mock.calls.length)).toEqual([0, 0])
  })

  it('paints again after a pinch', () => {
    const { pointers, stroke, at } = anArea()
    pointers.onPointerDown(at(0))
    pointers.onPointerDown(at(100, { pointerId: 2 }))
    pointers.onPointerUp(at(0))
    pointers.onPointerUp(at(100, { pointerId: 2 }))
    pointers.onPointerDown(at(30))
    expect(stroke.begin).toHaveBeenLastCalledWith({ x: 30, y: 0 })
  })

  it.each([
    ['the middle button', false, { button: 1 }],
    ['the move tool', true, {}],
  ])('moves the picture with %s', (_name, isMoving, changes) => {
    const { pointers, stroke, zoom, at } = anArea(isMoving)
    pointers.onPointerDown(at(10, changes))
    pointers.onPointerMove(at(25))
    expect(zoom.panBy).toHaveBeenCalledWith(15, 0)
    expect(stroke.begin).not.toHaveBeenCalled()
  })

  it('takes back a stroke that the browser broke off', () => {
    const { pointers, stroke, at } = anArea()
    pointers.onPointerDown(at(10))
    pointers.onPointerCancel(at(10))
    expect(stroke.abort).toHaveBeenCalledOnce()
  })

  it('does nothing while no button is down, or the right one', () => {
    const { pointers, stroke, at } = anArea()
    pointers.onPointerMove(at(10))
    pointers.onPointerDown(at(10, { button: 2 }))
    pointers.onPointerMove(at(20))
    expect([stroke.begin, stroke.extend].map((call) => call.mock.calls.length)).toEqual([0, 0])
  })
})
