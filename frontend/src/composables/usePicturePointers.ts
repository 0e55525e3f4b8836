/** What fingers and mouse mean on a comparison: drag the divider, move a zoomed picture, or pinch. */
import { pinch, type Finger } from './pinch'
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

export function usePicturePointers(options: UsePicturePointersOptions): PicturePointers {
  const points = new Map<number, Finger>()
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
    const still = [...points].find(([id]) => id !== event.pointerId)?.[1]
    if (points.size === 2 && still) {
      pinch(options.zoom, event.currentTarget as HTMLElement, { before, now, still })
    } else if (drags === 'divider') options.moveDivider(now.x)
    else options.zoom.panBy(now.x - before.x, now.y - before.y)
    points.set(event.pointerId, now)
  }

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp,
    onPointerCancel: (event) => points.delete(event.pointerId),
  }
}
