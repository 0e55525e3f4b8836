/** A job's state as a sentence: which one, and the numbers in it. Pure, so that every state can be tested. */
import type { Job } from '@/api/wire'

export interface Words {
  key: string
  params: Record<string, number>
}

export function jobWords(job: Job | null): Words {
  if (job === null) return { key: 'job.asking', params: {} }
  if (job.state === 'queued') {
    const ahead = job.queue_position ?? 0
    return ahead > 0 ? { key: 'job.queuedBehind', params: { ahead } } : { key: 'job.queued', params: {} }
  }
  if (job.state === 'running') return { key: job.stage ? `stage.${job.stage}` : 'job.running', params: {} }
  return { key: `job.${job.state}`, params: {} }
}

/** Time left in words, or null when there is nothing honest to say. */
export function etaWords(job: Job | null): Words | null {
  return job?.state === 'running' ? timeLeftWords(job.eta_s) : null
}

/** The same for anything that knows how many seconds it still needs. */
export function timeLeftWords(seconds: number | null): Words | null {
  if (seconds === null || seconds < 1) return null
  if (seconds < 90) return { key: 'job.secondsLeft', params: { seconds: Math.ceil(seconds) } }
  return { key: 'job.minutesLeft', params: { minutes: Math.ceil(seconds / 60) } }
}
