import { describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { usePicturePointers } from '../usePicturePointers'

function anArea(isZoomed = false) {
  const moveDivider = vi.fn()
  const zoom = { isZoomed: ref(isZoomed), panBy: vi.fn(), zoomBy: vi.fn() }
  const area = document.createElement('div')
  area.setPointerCapture = () => undefined
  const pointers = usePicturePointers({ zoom: zoom as never, moveDivider, isHandle: () => false })
  const at = (x: number, pointerType = 'mouse', pointerId = 1) =>
    ({
      button: 0,
      pointerId,
      pointerType,
      clientX: x,
      clientY: 0,
      currentTarget: area,
      target: area,
    }) as never
  return { moveDivider, zoom, pointers, at }
}

describe('usePicturePointers', () => {
  it('puts the divider where the mouse is pressed', () => {
    const { pointers, moveDivider, at } = anArea()
    pointers.onPointerDown(at(40))
    expect(moveDivider).toHaveBeenCalledWith(40)
  })

  it('leaves the divider alone when a finger scrolls the page', () => {
    const { pointers, moveDivider, at } = anArea()
    pointers.onPointerDown(at(40, 'touch'))
    pointers.onPointerCancel(at(40, 'touch'))
    expect(moveDivider).not.toHaveBeenCalled()
  })

  it('puts the divider where a finger taps', () => {
    const { pointers, moveDivider, at } = anArea()
    pointers.onPointerDown(at(40, 'touch'))
    pointers.onPointerUp(at(40, 'touch'))
    expect(moveDivider).toHaveBeenCalledWith(40)
  })

  it('moves a zoomed picture, not the divider', () => {
    const { pointers, moveDivider, zoom, at } = anArea(true)
    pointers.onPointerDown(at(40))
    pointers.onPointerMove(at(55))
    expect(zoom.panBy).toHaveBeenCalledWith(15, 0)
    expect(moveDivider).not.toHaveBeenCalled()
  })

  it('zooms by as much as two fingers part', () => {
    const { pointers, zoom, at } = anArea()
    pointers.onPointerDown(at(0, 'touch', 1))
    pointers.onPointerDown(at(100, 'touch', 2))
    pointers.onPointerMove(at(200, 'touch', 2))
    expect(zoom.zoomBy.mock.calls[0]?.[0]).toBeCloseTo(2)
  })
})
