import { http, type RequestOptions } from './http'
import type { Job } from './wire'

/** x and y in pixels of the upright picture. */
export type Point = readonly [x: number, y: number]

/** Top left, top right, bottom right, bottom left of a print as it hangs; their order turns it upright. */
export type Corners = readonly [Point, Point, Point, Point]

const LATER: RequestOptions = { headers: { Prefer: 'respond-async' } }

/** Ask where prints are in an uploaded picture; the job comes back at once. */
export async function submitLook(uploadId: string): Promise<Job> {
  const form = new FormData()
  form.set('source', uploadId)
  return (await http.post<Job>('/prints/find', form, LATER)).body
}

/** Ask for prints to be cut out of an uploaded picture; the job comes back at once. */
export async function submitCut(uploadId: string, prints: readonly Corners[]): Promise<Job> {
  const form = new FormData()
  form.set('source', uploadId)
  form.set('prints', JSON.stringify(prints.map((corners) => ({ corners }))))
  return (await http.post<Job>('/prints/straighten', form, LATER)).body
}
