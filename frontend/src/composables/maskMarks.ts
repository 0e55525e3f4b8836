/**
 * Marks on a photo as a canvas: the tint where something is repaired, nothing elsewhere.
 * Kept apart from the components because the comparison shows such marks and the painter changes them.
 */
import { maskSize } from './maskGeometry'
import type { Size } from './zoomGeometry'

/** Stands out from sepia, gray, black and white, also to people who see few colours. */
const TINT = [11, 107, 255] as const
export const TINT_STYLE = `rgb(${TINT.join(' ')})`
/** Of 255: a scratch one pixel wide, in a mask made four times smaller, is still a quarter white. */
const MARKED_FROM = 51

export interface Point {
  x: number
  y: number
}

/** One line of the brush or the eraser, in pixels of the mask. */
export interface Stroke {
  tool: 'brush' | 'eraser'
  widthPx: number
  points: Point[]
}

export function emptyMarks(size: Size): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = size.width
  canvas.height = size.height
  return canvas
}

/** The marks in a mask's file, white on black. Rejects where there is no such picture. */
export async function loadMarks(url: string): Promise<HTMLCanvasElement> {
  const image = new Image()
  image.src = url
  await image.decode()
  const marks = emptyMarks(maskSize({ width: image.naturalWidth, height: image.naturalHeight }))
  const context = contextOf(marks)
  context.imageSmoothingQuality = 'high' // the others would skip thin lines
  context.drawImage(image, 0, 0, marks.width, marks.height)
  const pixels = context.getImageData(0, 0, marks.width, marks.height)
  const { data } = pixels
  for (let at = 0; at < data.length; at += 4) {
    data[at + 3] = (data[at] ?? 0) >= MARKED_FROM ? 255 : 0
    ;[data[at], data[at + 1], data[at + 2]] = TINT
  }
  context.putImageData(pixels, 0, 0)
  return marks
}

/** Draw the stroke, or what has been added to it since it had `drawn` points. */
export function drawStroke(marks: HTMLCanvasElement, stroke: Stroke, drawn = 0): void {
  const context = contextOf(marks)
  const points = stroke.points.slice(Math.max(0, drawn - 1))
  const [first] = points
  if (!first) return
  context.globalCompositeOperation = stroke.tool === 'brush' ? 'source-over' : 'destination-out'
  context.strokeStyle = TINT_STYLE
  context.lineCap = context.lineJoin = 'round'
  context.lineWidth = stroke.widthPx
  context.beginPath()
  context.moveTo(first.x, first.y)
  for (const point of points) context.lineTo(point.x, point.y) // to itself: a dot
  context.stroke()
}

export function copyMarks(from: HTMLCanvasElement, to: HTMLCanvasElement): void {
  const context = contextOf(to)
  context.globalCompositeOperation = 'copy'
  context.drawImage(from, 0, 0, to.width, to.height)
}

/** How much of the picture is marked, 0 to 1; counted on a small copy. */
export function markedShare(marks: HTMLCanvasElement): number {
  const ratio = Math.min(1, 512 / Math.max(marks.width, marks.height))
  const small = emptyMarks({
    width: Math.max(1, Math.round(marks.width * ratio)),
    height: Math.max(1, Math.round(marks.height * ratio)),
  })
  contextOf(small).imageSmoothingQuality = 'high'
  copyMarks(marks, small)
  const { data } = contextOf(small).getImageData(0, 0, small.width, small.height)
  let sum = 0
  for (let at = 3; at < data.length; at += 4) sum += data[at] ?? 0
  return sum / (255 * small.width * small.height)
}

/** The marks as the server reads them: white on black, PNG. */
export function marksPng(marks: HTMLCanvasElement): Promise<Blob> {
  const mask = emptyMarks(marks)
  const context = contextOf(mask)
  context.drawImage(marks, 0, 0)
  context.globalCompositeOperation = 'source-in'
  context.fillStyle = 'white'
  context.fillRect(0, 0, mask.width, mask.height)
  context.globalCompositeOperation = 'destination-over'
  context.fillStyle = 'black'
  context.fillRect(0, 0, mask.width, mask.height)
  return new Promise((resolve, reject) => {
    mask.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no room for the mask'))), 'image/png')
  })
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser gives no canvas')
  return context
}
