/** Outlines of prints in a picture: pure arithmetic, in pixels of the picture. */
import type { Corners, Point } from '@/api/prints'
import type { Size } from './zoomGeometry'

/** What the server cuts out at least. */
export const LEAST_SIDE_PX = 16
const HALVINGS = 12

/** True where the server would cut: in the picture, convex, clockwise, no side too short. */
export function isCuttable(corners: Corners, size: Size): boolean {
  return corners.every((corner, index) => {
    const before = corners[(index + 3) % 4] as Point
    const after = corners[(index + 1) % 4] as Point
    const turn =
      (corner[0] - before[0]) * (after[1] - corner[1]) - (corner[1] - before[1]) * (after[0] - corner[0])
    const side = Math.hypot(after[0] - corner[0], after[1] - corner[1])
    return turn > 0 && side >= LEAST_SIDE_PX && isInside(corner, size)
  })
}

/** The outline with one corner as near to `to` as it can be and still be cut out. */
export function withCorner(corners: Corners, index: number, to: Point, size: Size): Corners {
  const from = corners[index] as Point
  const goal: Point = [clamp(to[0], 0, size.width), clamp(to[1], 0, size.height)]
  const at = (share: number) =>
    corners.map((corner, i) => (i === index ? between(from, goal, share) : corner)) as unknown as Corners
  if (isCuttable(at(1), size)) return at(1)
  let [good, bad] = [0, 1]
  for (let i = 0; i < HALVINGS; i += 1) {
    const middle = (good + bad) / 2
    if (isCuttable(at(middle), size)) good = middle
    else bad = middle
  }
  return at(good)
}

/** The outline moved as a whole, as far as the picture goes. */
export function movedBy(corners: Corners, dx: number, dy: number, size: Size): Corners {
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)]
  const x = clamp(dx, -Math.min(...xs), size.width - Math.max(...xs))
  const y = clamp(dy, -Math.min(...ys), size.height - Math.max(...ys))
  return corners.map((corner) => [corner[0] + x, corner[1] + y]) as unknown as Corners
}

/** The same outline, the print in it turned clockwise by 90°: what was at the bottom left is at the top left. */
export function turned([topLeft, topRight, bottomRight, bottomLeft]: Corners): Corners {
  return [bottomLeft, topLeft, topRight, bottomRight]
}

/** A first outline for a person to put on a print: the middle of the picture; each next one a bit further on. */
export function newOutline(size: Size, count: number): Corners {
  const shift = (count % 5) * 0.04
  const [left, right] = [(0.2 + shift) * size.width, (0.64 + shift) * size.width]
  const [top, bottom] = [(0.2 + shift) * size.height, (0.64 + shift) * size.height]
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ]
}

/** The middle of the side that is up when the print hangs. */
export function topMiddle([topLeft, topRight]: Corners): Point {
  return between(topLeft, topRight, 0.5)
}

/** The middle of the outline. */
export function middleOf(corners: Corners): Point {
  return between(between(corners[0], corners[2], 0.5), between(corners[1], corners[3], 0.5), 0.5)
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}

function between(from: Point, to: Point, share: number): Point {
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
}

function isInside([x, y]: Point, size: Size): boolean {
  return x >= 0 && y >= 0 && x <= size.width && y <= size.height
}
