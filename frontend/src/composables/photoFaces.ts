/** The faces of a photo that can move, as a person counts them: from the left. */
import type { Job, JobFace } from '@/api/wire'
import type { Size } from './zoomGeometry'

export interface PhotoFace {
  /** As the engine numbers them. */
  id: number
  /** Shares of the picture, 0 to 1. */
  left: number
  top: number
  width: number
  height: number
  /** Where in the picture it is, for those who do not see it. */
  side: 'left' | 'middle' | 'right'
}

/** What a film's job says of its photo's faces; null where it says nothing. */
export function facesOf(job: Job | null): PhotoFace[] | null {
  const { photo_width: width, photo_height: height, faces } = job?.result ?? {}
  if (!width || !height || !faces) return null
  return faces
    .filter((face) => face.note === null)
    .map((face) => placedFace(face, { width, height }))
    .sort((a, b) => a.left - b.left)
}

/** A face's box as shares of its photo. */
export function placedFace({ id, box }: Pick<JobFace, 'id' | 'box'>, photo: Size): PhotoFace {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box
  return {
    id,
    left: x1 / photo.width,
    top: y1 / photo.height,
    width: (x2 - x1) / photo.width,
    height: (y2 - y1) / photo.height,
    side: sideOf((x1 + x2) / 2 / photo.width),
  }
}

function sideOf(x: number): PhotoFace['side'] {
  if (x < 0.4) return 'left'
  return x > 0.6 ? 'right' : 'middle'
}
