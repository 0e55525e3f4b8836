import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { ApiError } from '@/api/http'
import type { JobAnswer } from '@/api/jobs'
import { useJob, type UseJobOptions } from '../useJob'
import { aJob } from './builders'

let scope: EffectScope

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function follow(answers: (Partial<JobAnswer> | ApiError)[], options: UseJobOptions = {}) {
  const etags: (string | null)[] = []
  const visibility = ref<DocumentVisibilityState>('visible')
  const fetchJob = (_id: string, etag: string | null): Promise<JobAnswer> => {
    etags.push(etag)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof ApiError) return Promise.reject(answer)
    return Promise.resolve({ job: null, etag: null, retryAfterS: null, ...answer })
  }
  const followed = scope.run(() => useJob('job-1', { visibility, fetchJob, ...options }))
  if (!followed) throw new Error('the scope has ended')
  return { ...followed, etags, visibility }
}

describe('useJob', () => {
  it('asks until the job is over, then no more', async () => {
    const { job, etags, isActive } = follow([
      { job: aJob(), etag: '"1"' },
      { job: aJob({ state: 'running' }), etag: '"2"' },
      { job: aJob({ state: 'succeeded' }), etag: '"3"' },
    ])

    await vi.advanceTimersByTimeAsync(60_000)

    expect(job.value?.state).toBe('succeeded')
    expect(isActive.value).toBe(false)
    expect(etags).toEqual([null, '"1"', '"2"'])
  })

  it('keeps what it knows when nothing has changed, and asks ever less often', async () => {
    const { job, etags } = follow([
      { job: aJob({ state: 'running' }), etag: '"1"' },
      { job: null, etag: '"1"' },
    ])

    await vi.advanceTimersByTimeAsync(30_000)

    expect(job.value?.state).toBe('running')
    expect(etags.length).toBeLessThan(16) // 60 at twice a second, 10 at one in three seconds
  })

  it('waits as long as the server wishes, within reason', async () => {
    const { etags } = follow([{ job: aJob(), retryAfterS: 2 }])

    await vi.advanceTimersByTimeAsync(1_900)
    expect(etags).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(etags).toHaveLength(2)
  })

  it('rests while the tab is hidden and looks at once when it is shown', async () => {
    const { etags, visibility } = follow([{ job: aJob() }])
    await vi.advanceTimersByTimeAsync(0)

    visibility.value = 'hidden'
    await vi.advanceTimersByTimeAsync(60_000)
    expect(etags).toHaveLength(1)

    visibility.value = 'visible'
    await vi.advanceTimersByTimeAsync(0)
    expect(etags).toHaveLength(2)
  })

  it('goes on after a lost connection, and says so meanwhile', async () => {
    const { job, error } = follow([new ApiError('network_error', 0), { job: aJob({ state: 'succeeded' }) }])

    await vi.advanceTimersByTimeAsync(0)
    expect(error.value?.code).toBe('network_error')

    await vi.advanceTimersByTimeAsync(3_000)
    expect(error.value).toBeNull()
    expect(job.value?.state).toBe('succeeded')
  })

  it('stops asking for a job that is gone', async () => {
    const { error, etags } = follow([new ApiError('not_found', 404)])

    await vi.advanceTimersByTimeAsync(60_000)

    expect(error.value?.code).toBe('not_found')
    expect(etags).toHaveLength(1)
  })

  it('stops when its scope ends', async () => {
    const { etags } = follow([{ job: aJob() }])
    await vi.advanceTimersByTimeAsync(0)

    scope.stop()
    await vi.advanceTimersByTimeAsync(60_000)

    expect(etags).toHaveLength(1)
  })

  it('follows a job that is tried again', async () => {
    const { job, retry } = follow(
      [{ job: aJob({ state: 'failed' }) }, { job: aJob({ state: 'succeeded' }) }],
      {
        retryJob: () => Promise.resolve(aJob()),
      },
    )
    await vi.advanceTimersByTimeAsync(0)
    expect(job.value?.state).toBe('failed')

    await retry()
    await vi.advanceTimersByTimeAsync(0)

    expect(job.value?.state).toBe('succeeded')
  })

  it('takes a cancel that came too late as news, not as a failure', async () => {
    const { job, error, cancel } = follow(
      [{ job: aJob({ state: 'running' }) }, { job: aJob({ state: 'succeeded' }) }],
      { cancelJob: () => Promise.reject(new ApiError('conflict', 409)) },
    )
    await vi.advanceTimersByTimeAsync(0)

    await cancel()
    await vi.advanceTimersByTimeAsync(0)

    expect(error.value).toBeNull()
    expect(job.value?.state).toBe('succeeded')
  })
})
