/**
 * Wire types of the engines with weights, written by hand until `types.ts` is generated with them.
 * Kept apart so that they can go in one step: `wire.ts` is the only file that reads this one.
 */

/** A file of weights in this server's folder, or the lack of it. */
export interface Weight {
  name: string
  file: string
  engine: string
  role: string
  state: 'missing' | 'partial' | 'downloading' | 'installed' | 'refused'
  bytes: number | null
  bytes_so_far: number | null
  licence: string
  licence_note: string | null
  commercial_use: boolean
  purpose: string
  may_download: boolean
  /** Why a file was refused: a code. */
  refusal?: string | null
  /** Why its last download ended early. */
  failure?: string | null
}

/** One model of an engine: which files it needs, and whether they are here. */
export interface EngineModel {
  name: string
  installed: boolean
  licence: string
  licence_note: string | null
  purpose: string
  bytes: number | null
  commercial_use: boolean
  weights: string[]
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
