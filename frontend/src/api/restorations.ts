import { http, type RequestOptions } from './http'
import type { Job } from './wire'

export const FACE_MODELS = ['v1.4', 'v1.3', 'v1.2', 'v1', 'restoreformer'] as const

export interface RestoreChoices {
  scratches: 'auto' | 'off' | 'strong'
  colour: 'auto' | 'keep' | 'neutral' | 'model'
  upscale: 'auto' | '1' | '2' | '4'
  engine: 'auto' | 'builtin' | 'gfpgan'
  /** The rest are for the engine `gfpgan` when it is asked for by name; others would refuse them. */
  model: 'auto' | (typeof FACE_MODELS)[number]
  mode: 'best' | 'fast'
  /** What becomes of the picture around the faces. */
  rest: 'gfpgan' | 'realesrgan' | 'keep'
}

export const DEFAULT_CHOICES: Readonly<RestoreChoices> = {
  scratches: 'auto',
  colour: 'auto',
  upscale: 'auto',
  engine: 'auto',
  model: 'auto',
  mode: 'best',
  rest: 'gfpgan',
}

/** How much of the model's faces, and of which; for the engine `gfpgan`. */
export interface FaceWishes {
  /** 0 = the model's face, 1 = the face of the photo. */
  fidelity: number
  /** null = all of them. */
  faceIds: readonly number[] | null
}

/** A photo from this device, or the id of one the server already has. */
export type PhotoSource = File | string

export interface RestorationOptions extends RequestOptions {
  /** What to repair, white on black; used instead of looking for scratches. */
  mask?: Blob | null
  faces?: FaceWishes | null
}

/** The options as the server takes them: an engine is sent none that it would refuse. */
export function restoreFields(
  choices: RestoreChoices,
  faces: FaceWishes | null = null,
): Record<string, string> {
  const { engine, scratches, colour, upscale, model, mode, rest } = choices
  const isColouring = engine === 'gfpgan' && model === 'v1' // the only one that was trained to
  const common = {
    engine,
    scratches,
    colour: colour === 'model' && !isColouring ? 'auto' : colour,
    upscale,
  }
  if (engine !== 'gfpgan') return common
  return {
    ...common,
    mode,
    ...(model !== 'auto' && { model }),
    ...(rest === 'keep' ? { scope: 'faces' } : { scope: 'full', background: rest }),
    ...(faces && faces.fidelity > 0 && { fidelity: String(faces.fidelity) }),
    ...(faces?.faceIds && { face_ids: faces.faceIds.join(',') }),
  }
}

/** Ask for a restoration; the job comes back at once. */
export async function submitRestoration(
  source: PhotoSource,
  choices: RestoreChoices,
  { mask, faces, ...options }: RestorationOptions = {},
): Promise<Job> {
  const form = new FormData()
  for (const [name, value] of Object.entries(restoreFields(choices, faces))) form.set(name, value)
  if (mask) {
    form.set('scratches', 'auto')
    form.set('mask', mask, 'mask.png')
  }
  if (typeof source === 'string') form.set('source', source)
  else form.set('file', source, source.name)
  const headers = { Prefer: 'respond-async', ...options.headers }
  return (await http.post<Job>('/restore', form, { ...options, headers })).body
}
