/** Where the brush is, moved by a pointer or by arrow keys, in pixels of the mask. */
import { shallowRef, type ShallowRef } from 'vue'
import type { Point } from './maskMarks'
import type { Size } from './zoomGeometry'

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export interface UseBrushCursorReturn {
  /** null until the brush has been anywhere. */
  at: Readonly<ShallowRef<Point | null>>
  moveTo: (point: Point) => void
  /** The middle of the picture, for somebody who has no pointer. */
  start: () => Point
  hide: () => void
  /** Where an arrow key leads, or null for any other key. */
  step: (event: KeyboardEvent, stepPx: number) => Point | null
}

export function useBrushCursor(size: Size): UseBrushCursorReturn {
  const at = shallowRef<Point | null>(null)

  function moveTo(point: Point): void {
    at.value = {
      x: Math.min(Math.max(point.x, 0), size.width),
      y: Math.min(Math.max(point.y, 0), size.height),
    }
  }

  function start(): Point {
    if (at.value === null) moveTo({ x: size.width / 2, y: size.height / 2 })
    return at.value as Point
  }

  function step(event: KeyboardEvent, stepPx: number): Point | null {
    const way = ARROWS[event.key]
    if (!way || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return null
    const from = start()
    moveTo({ x: from.x + way[0] * stepPx, y: from.y + way[1] * stepPx })
    return at.value
  }

  return { at, moveTo, start, hide: () => (at.value = null), step }
}
