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

/** The caller's newest jobs. */
export async function listJobs(): Promise<Job[]> {
  return (await http.get<Page<Job>>('/jobs?limit=100')).body.items
}

export async function cancelJob(id: string): Promise<Job> {
  return (await http.post<Job>(`/jobs/${id}/cancel`)).body
}

export async function retryJob(id: string): Promise<Job> {
  return (await http.post<Job>(`/jobs/${id}/retry`)).body
}
