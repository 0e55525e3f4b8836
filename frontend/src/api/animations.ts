import { http, type RequestOptions } from './http'
import type { Job } from './wire'

/** A preset's slug, or the caller's own clip. */
export type Driver = string | File

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
  else form.set('driving', driver, driver.name)
  const headers = { Prefer: 'respond-async', ...options.headers }
  return (await http.post<Job>('/animate', form, { ...options, headers })).body
}
