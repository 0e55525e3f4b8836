/** The faces of a restored photo, as a person counts them: from the left; and what became of each. */
import type { FaceLayer, Job } from '@/api/wire'
import { placedFace, type PhotoFace } from './photoFaces'

export interface RestoredFace extends PhotoFace {
  /** True where the result shows the model's face. */
  isRestored: boolean
  /** Why it cannot be restored; null = it can. */
  obstacle: string | null
  /** null = there are no pictures to blend. */
  layer: FaceLayer | null
}

/** Notes of faces that only their owner left alone. */
const BY_CHOICE = ['not_chosen']

export function restoredFacesOf(job: Job | null): RestoredFace[] {
  const { photo_width: width, photo_height: height, faces, engine } = job?.result ?? {}
  if (!width || !height || !faces || engine !== 'gfpgan') return []
  return faces
    .map((face) => ({
      ...placedFace(face, { width, height }),
      isRestored: face.used,
      obstacle: face.note === null || face.used || BY_CHOICE.includes(face.note) ? null : face.note,
      layer: face.layer ?? null,
    }))
    .sort((a, b) => a.left - b.left)
}
