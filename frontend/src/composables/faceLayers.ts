/**
 * Another mixture of photo and model, face by face, over the picture that the server made: only the faces'
 * boxes are drawn, so that a picture of any size follows a slider. Pure but for the canvas it is given.
 */
import type { FaceLayer } from '@/api/wire'
import type { Rect, Size } from './zoomGeometry'

/** A face larger than this on the screen is zoomed in far beyond what it was made of. */
const MOST_PIXELS = 2_000_000

/** Where the two pictures of a face lie in the atlas. */
export interface AtlasRow {
  before: Rect
  after: Rect
}

export function atlasRow({ row_y, row_width, row_height }: FaceLayer): AtlasRow {
  const size = { width: row_width, height: row_height }
  return { before: { left: 0, top: row_y, ...size }, after: { left: size.width, top: row_y, ...size } }
}

/** How many pixels the face's canvas has: those of the atlas, or fewer by a whole number. */
export function canvasSize(layer: FaceLayer): Size {
  const { width, height } = atlasRow(layer).after
  const n = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_PIXELS)))
  return { width: Math.ceil(width / n), height: Math.ceil(height / n) }
}

/** The layer's place over the result, whatever its zoom: CSS, in shares of the picture. */
export function layerStyle(layer: FaceLayer, result: Size): Record<string, string> {
  const percent = (part: number, whole: number) => `${(100 * part) / whole}%`
  return {
    left: percent(layer.x, result.width),
    top: percent(layer.y, result.height),
    width: percent(layer.width, result.width),
    height: percent(layer.height, result.height),
  }
}

/** Draw (1 - fidelity) · model + fidelity · photo; `context`'s canvas is as `canvasSize` says. */
export function drawBlend(
  context: CanvasRenderingContext2D,
  atlas: CanvasImageSource,
  layer: FaceLayer,
  fidelity: number,
): void {
  const { width, height } = context.canvas
  const { before, after } = atlasRow(layer)
  const draw = ({ left, top, width: w, height: h }: Rect) =>
    context.drawImage(atlas, left, top, w, h, 0, 0, width, height)
  context.globalAlpha = 1
  draw(after)
  context.globalAlpha = fidelity
  if (fidelity > 0) draw(before)
}

/** Rejects where there is no such picture. */
export async function loadAtlas(url: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = url
  await image.decode()
  return image
}
