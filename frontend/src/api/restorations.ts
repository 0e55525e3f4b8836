import { http, type RequestOptions } from './http'
import type { Job } from './wire'

export interface RestoreChoices {
  scratches: 'auto' | 'off' | 'strong'
  colour: 'auto' | 'keep' | 'neutral'
  upscale: 'auto' | '1' | '2' | '4'
}

export const DEFAULT_CHOICES: Readonly<RestoreChoices> = {
  scratches: 'auto',
  colour: 'auto',
  upscale: 'auto',
}

/** A photo from this device, or the id of one the server already has. */
export type PhotoSource = File | string

export interface RestorationOptions extends RequestOptions {
  /** What to repair, white on black; used instead of looking for scratches. */
  mask?: Blob | null
}

/** Ask for a restoration; the job comes back at once. */
export async function submitRestoration(
  source: PhotoSource,
  choices: RestoreChoices,
  { mask, ...options }: RestorationOptions = {},
): Promise<Job> {
  const form = new FormData()
  for (const [name, value] of Object.entries(choices)) form.set(name, String(value))
  if (mask) {
    form.set('scratches', 'auto')
    form.set('mask', mask, 'mask.png')
  }
  if (typeof source === 'string') form.set('source', source)
  else form.set('file', source, source.name)
  const headers = { Prefer: 'respond-async', ...options.headers }
  return (await http.post<Job>('/restore', form, { ...options, headers })).body
}
