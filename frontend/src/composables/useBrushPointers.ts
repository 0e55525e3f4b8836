/** What fingers and mouse mean on a picture that is painted on: one paints, two zoom, the middle button moves. */
import { pinch, type Finger } from './pinch'
import type { PicturePointers } from './usePicturePointers'
import type { UseZoomPanReturn } from './useZoomPan'

export interface UseBrushPointersOptions {
  zoom: Pick<UseZoomPanReturn, 'panBy' | 'zoomBy'>
  /** True while the picture is to be moved, not painted on. */
  isMoving: () => boolean
  /** In client pixels. */
  begin: (at: Finger) => void
  extend: (to: Finger) => void
  end: () => void
  /** The stroke that has begun was the first finger of two. */
  abort: () => void
}

export function useBrushPointers(options: UseBrushPointersOptions): PicturePointers {
  const fingers = new Map<number, Finger>()
  let means: 'stroke' | 'move' | 'pinch' = 'stroke'

  function onPointerDown(event: PointerEvent): void {
    if (event.button > 1) return
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
    const at = { x: event.clientX, y: event.clientY }
    fingers.set(event.pointerId, at)
    if (fingers.size > 1) {
      if (means === 'stroke') options.abort()
      means = 'pinch'
    } else if (event.button === 1 || options.isMoving()) {
      event.preventDefault() // the middle button would scroll by itself
      means = 'move'
    } else {
      means = 'stroke'
      options.begin(at)
    }
  }

  function onPointerMove(event: PointerEvent): void {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const now = { x: event.clientX, y: event.clientY }
    fingers.set(event.pointerId, now)
    if (means === 'move') options.zoom.panBy(now.x - before.x, now.y - before.y)
    if (means === 'stroke') options.extend(now)
    const still = [...fingers].find(([id]) => id !== event.pointerId)?.[1]
    if (means === 'pinch' && still) {
      pinch(options.zoom, event.currentTarget as HTMLElement, { before, now, still })
    }
  }

  function leave(event: PointerEvent, finish: () => void): void {
    if (!fingers.delete(event.pointerId)) return
    if (means === 'stroke') finish()
  }

  return {
    onPointerDown,
    onPointerMove,
    onPointerUp: (event) => leave(event, options.end),
    onPointerCancel: (event) => leave(event, options.abort),
  }
}
