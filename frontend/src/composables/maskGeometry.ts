/** How large a mask is beside its photo: pure arithmetic, agreed with `backend/media/masks.py`. */
import type { Size } from './zoomGeometry'

/** What a canvas on a phone may hold; larger photos get a mask that is coarser by a whole number. */
const MOST_PIXELS = 4_000_000

/** Every pixel of the mask stands for n by n pixels of the photo, for the smallest whole n that is enough. */
export function maskSize(photo: Size): Size {
  for (let n = Math.max(1, Math.floor(Math.sqrt((photo.width * photo.height) / MOST_PIXELS))); ; n += 1) {
    const size = { width: Math.ceil(photo.width / n), height: Math.ceil(photo.height / n) }
    if (size.width * size.height <= MOST_PIXELS) return size
  }
}

/** A share of a picture as words want it: never 0 % of something, never more digits than mean anything. */
export function sharePercent(share: number): string {
  const percent = 100 * share
  if (percent > 0 && percent < 0.1) return '< 0.1'
  return percent < 10 ? percent.toFixed(1) : String(Math.round(percent))
}
