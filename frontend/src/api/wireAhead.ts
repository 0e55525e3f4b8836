/**
 * Wire types of the engines with weights, written by hand until `types.ts` is generated with them.
 * Kept apart so that they can go in one step: `wire.ts` is the only file that reads this one.
 */

/** A file of weights that the server knows, and where it stands. */
export interface Weight {
  name: string
  file: string
  engine: string
  role: string
  /** As the option `model` has it. */
  model: string | null
  state: 'missing' | 'partial' | 'downloading' | 'installed' | 'refused'
  /** Why a file that is there is not used: a code. */
  refusal: string | null
  /** Why its last download ended: a code. */
  failure: string | null
  bytes: number | null
  bytes_so_far: number
  licence: string
  licence_note: string
  commercial_use: boolean
  purpose: string
  /** Part of the recommended set. */
  default: boolean
  /** False = it can only be imported. */
  has_address: boolean
}

export interface WeightList {
  items: Weight[]
  /** Whether this caller may have the server fetch them. */
  may_download: boolean
}

/** One model of an engine. */
export interface EngineModel {
  name: string
  installed: boolean
  /** Its name in the list of weights. */
  weights: string
  licence: string
  commercial_use: boolean
  purpose: string
}

export interface EngineModels {
  models?: EngineModel[]
}

/** Where a restored face lies in the result, and where its two pictures lie in the atlas of layers. */
export interface FaceLayer {
  /** In pixels of the result. */
  x: number
  y: number
  width: number
  height: number
  /** Top of the face's row in the atlas: without the restored face on the left, with it on the right. */
  row_y: number
  /** Of each of the two. */
  row_width: number
  row_height: number
  /** Atlas pixels per pixel of the result. */
  scale: number
}

export interface FaceWithLayer {
  layer?: FaceLayer | null
}

export interface LinksWithLayers {
  layers?: string | null
}
