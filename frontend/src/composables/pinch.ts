/** Two fingers on a picture: what zoom and which way it moves when one of them does. */
import type { UseZoomPanReturn } from './useZoomPan'

export interface Finger {
  x: number
  y: number
}

/** `now` and `before`: the finger that moved; `still`: the other one; all in client pixels. */
export function pinch(
  zoom: Pick<UseZoomPanReturn, 'panBy' | 'zoomBy'>,
  area: HTMLElement,
  fingers: { before: Finger; now: Finger; still: Finger },
): void {
  const { before, now, still } = fingers
  const box = area.getBoundingClientRect()
  const factor = distance(now, still) / Math.max(distance(before, still), 1)
  const x = (now.x + still.x) / 2 - box.left - box.width / 2
  const y = (now.y + still.y) / 2 - box.top - box.height / 2
  zoom.zoomBy(factor, x, y)
  zoom.panBy((now.x - before.x) / 2, (now.y - before.y) / 2)
}

function distance(a: Finger, b: Finger): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
