import { http, type Answer, type RequestOptions } from './http'
import type { Job, Page } from './wire'

export interface JobAnswer {
  /** null when nothing changed since `etag`. */
  job: Job | null
  etag: string | null
  retryAfterS: number | null
}

export async function getJob(id: string, etag: string | null, signal?: AbortSignal): Promise<JobAnswer> {
  const options: RequestOptions = { headers: etag ? { 'If-None-Match': etag } : {} }
  if (signal) options.signal = signal
  const answer: Answer<Job | null> = await http.get<Job | null>(`/jobs/${id}`, options)
  return { job: answer.body, etag: answer.etag ?? etag, retryAfterS: answer.retryAfterS }
}

/** All jobs of the caller, the newest first. */
export async function listJobs(get: typeof http.get = http.get): Promise<Job[]> {
  const jobs: Job[] = []
  let cursor: string | null = null
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const page: Page<Job> = (await get<Page<Job>>(`/jobs?limit=100${after}`)).body
    jobs.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return jobs
}

export async function cancelJob(id: string): Promise<Job> {
  return (await http.post<Job>(`/jobs/${id}/cancel`)).body
}

export async function retryJob(id: string): Promise<Job> {
  return (await http.post<Job>(`/jobs/${id}/retry`)).body
}
