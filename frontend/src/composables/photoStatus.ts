/** Where a photo is on its way, in one word for the code and one sentence for the person. */
import type { ApiError } from '@/api/http'
import type { ErrorParams, Job } from '@/api/wire'
import { etaWords, jobWords, type Words } from './jobWords'

export type Phase = 'waiting' | 'sending' | 'working' | 'done' | 'failed'

export interface Failure {
  code: string
  params: ErrorParams
  retryAfterS: number | null
}

export interface Status {
  phase: Phase
  words: Words
  eta: Words | null
  /** 0..1, or null when there is nothing to measure. */
  fraction: number | null
  failure: Failure | null
}

export interface StatusSource {
  job: Job | null
  jobId: string | null
  sentFraction?: number | null
  submitError?: ApiError | null
  pollError?: ApiError | null
}

export function photoStatus(source: StatusSource): Status {
  const { job, sentFraction = null, submitError = null, pollError = null } = source
  if (sentFraction !== null) {
    const key = sentFraction < 1 ? 'job.uploading' : 'job.received'
    return { phase: 'sending', words: plain(key), eta: null, fraction: sentFraction, failure: null }
  }
  if (submitError) return failed(submitError.code, submitError.params, submitError.retryAfterS)
  if (source.jobId === null)
    return { phase: 'waiting', words: plain('job.waiting'), eta: null, fraction: null, failure: null }
  if (pollError?.status === 404) return failed('not_found', {}, null)
  if (job?.state === 'cancelled') return failed('job_cancelled', {}, null)
  if (job?.state === 'failed')
    return failed(job.error?.code ?? 'internal_error', job.error?.params ?? {}, null)
  if (job?.state === 'succeeded')
    return { phase: 'done', words: jobWords(job), eta: null, fraction: 1, failure: null }
  return {
    phase: 'working',
    words: pollError ? plain('job.offline') : jobWords(job),
    eta: pollError ? null : etaWords(job),
    fraction: job?.state === 'running' ? job.progress : null,
    failure: null,
  }
}

function failed(code: string, params: ErrorParams, retryAfterS: number | null): Status {
  const words = plain(code === 'job_cancelled' ? 'job.cancelled' : 'job.failed')
  return { phase: 'failed', words, eta: null, fraction: null, failure: { code, params, retryAfterS } }
}

function plain(key: string): Words {
  return { key, params: {} }
}
