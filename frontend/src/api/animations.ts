import { http, type RequestOptions } from './http'
import type { Job } from './wire'

/** Face id -> slug; faces that are not named stay still. */
export type FacePresets = Readonly<Record<number, string>>

/** A preset's slug, one for each face that moves, or the caller's own clip. */
export type Driver = string | FacePresets | File

/** As the server takes it: `0:smile,2:nod`. The same choice is always the same text. */
export function facesText(presets: FacePresets): string {
  return Object.entries(presets)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([id, slug]) => `${id}:${slug}`)
    .join(',')
}

/** Ask for a film of the picture that `restoreJobId` made; the job comes back at once. */
export async function submitAnimation(
  restoreJobId: string,
  driver: Driver,
  options: RequestOptions = {},
): Promise<Job> {
  const form = new FormData()
  form.set('source', restoreJobId)
  form.set('restore_first', 'false') // the source is restored already
  if (typeof driver === 'string') form.set('preset', driver)
  else if (driver instanceof File) form.set('driving', driver, driver.name)
  else form.set('faces', facesText(driver))
  const headers = { Prefer: 'respond-async', ...options.headers }
  return (await http.post<Job>('/animate', form, { ...options, headers })).body
}
