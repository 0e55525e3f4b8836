/** What fingers and mouse mean on a comparison: drag the divider, move a zoomed picture, or pinch. */
import type { UseZoomPanReturn } from './useZoomPan'

export interface PicturePointers {
  onPointerDown: (event: PointerEvent) => void
  onPointerMove: (event: PointerEvent) => void
  onPointerUp: (event: PointerEvent) => void
  onPointerCancel: (event: PointerEvent) => void
}

export interface UsePicturePointersOptions {
  zoom: Pick<UseZoomPanReturn, 'isZoomed' | 'panBy' | 'zoomBy'>
  /** Put the divider under this x of the window. */
  moveDivider: (clientX: number) => void
  /** True where the divider's handle is. */
  isHandle: (target: EventTarget | null) => boolean
}

interface Point {
  x: number
  y: number
}

export function usePicturePointers(options: UsePicturePointersOptions): PicturePointers {
  const points = new Map<number, Point>()
  let drags: 'divider' | 'picture' = 'divider'

  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return
    const area = event.currentTarget as HTMLElement
    area.setPointerCapture(event.pointerId)
    points.set(event.pointerId, { x: event.clientX, y: event.clientY })
    drags = options.isHandle(event.target) || !options.zoom.isZoomed.value ? 'divider' : 'picture'
    // A finger may be about to scroll the page: what it wants is known when it moves or leaves.
    if (drags === 'divider' && points.size === 1 && event.pointerType !== 'touch') {
      options.moveDivider(event.clientX)
    }
  }

  function onPointerUp(event: PointerEvent): void {
    const isTap = event.pointerType === 'touch' && points.size === 1 && drags === 'divider'
    if (isTap && points.has(event.pointerId)) options.moveDivider(event.clientX)
    points.delete(event.pointerId)
  }

  function onPointerMove(event: PointerEvent): void {
    const before = points.get(event.pointerId)
    if (!before) return
    const now = { x: event.clientX, y: event.clientY }
    if (points.size === 2) pinch(event, before, now)
    else if (drags === 'divider') options.moveDivider(now.x)
    else options.zoom.panBy(now.x - before.x, now.y - before.y)
    points.set(event.pointerId, now)
  }

  function pinch(event: PointerEvent, before: Point, now: Point): void {
    const still = [...points].find(([id]) => id !== event.pointerId)?.[1]
    if (!still) return
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const factor = distance(now, still) / Math.max(distance(before, still), 1)
    const x = (now.x + still.x) / 2 - box.left - box.width / 2
    const y = (now.y + still.y) / 2 - box.top - box.height / 2
    options.zoom.zoomBy(factor, x, y)
    options.zoom.panBy((now.x - before.x) / 2, (now.y - before.y) / 2)
  }

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: (event) => points.delete(event.pointerId),
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
