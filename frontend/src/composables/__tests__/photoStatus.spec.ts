import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/http'
import { photoStatus } from '../photoStatus'
import { aJob } from './builders'

describe('photoStatus', () => {
  it('waits before a photo is sent', () => {
    expect(photoStatus({ job: null, jobId: null }).phase).toBe('waiting')
  })

  it('measures the sending', () => {
    const status = photoStatus({ job: null, jobId: null, sentFraction: 0.25 })
    expect(status).toMatchObject({ phase: 'sending', fraction: 0.25, words: { key: 'job.uploading' } })
  })

  it('says how many are ahead', () => {
    const status = photoStatus({ job: aJob({ queue_position: 2 }), jobId: 'job-1' })
    expect(status.words).toEqual({ key: 'job.queuedBehind', params: { ahead: 2 } })
  })

  it('names the stage and the time left', () => {
    const job = aJob({ state: 'running', stage: 'denoise', progress: 0.4, eta_s: 11.2 })
    const status = photoStatus({ job, jobId: 'job-1' })
    expect(status).toMatchObject({
      words: { key: 'stage.denoise' },
      eta: { key: 'job.secondsLeft', params: { seconds: 12 } },
      fraction: 0.4,
    })
  })

  it('says minutes when it takes minutes', () => {
    const job = aJob({ state: 'running', eta_s: 200 })
    expect(photoStatus({ job, jobId: 'job-1' }).eta).toEqual({
      key: 'job.minutesLeft',
      params: { minutes: 4 },
    })
  })

  it('carries the code of a failed job', () => {
    const job = aJob({ state: 'failed', error: { code: 'no_face_found', title: '', detail: '', params: {} } })
    expect(photoStatus({ job, jobId: 'job-1' })).toMatchObject({
      phase: 'failed',
      failure: { code: 'no_face_found' },
    })
  })

  it('carries the code and waiting time of a refused request', () => {
    const submitError = new ApiError('queue_full', 503, {}, 10)
    expect(photoStatus({ job: null, jobId: null, submitError }).failure).toEqual({
      code: 'queue_full',
      params: {},
      retryAfterS: 10,
    })
  })

  it('goes on working through a lost connection', () => {
    const pollError = new ApiError('network_error', 0)
    const status = photoStatus({ job: aJob({ state: 'running' }), jobId: 'job-1', pollError })
    expect(status).toMatchObject({ phase: 'working', words: { key: 'job.offline' } })
  })

  it('says that a deleted job is gone', () => {
    const pollError = new ApiError('not_found', 404)
    expect(photoStatus({ job: null, jobId: 'job-1', pollError }).failure?.code).toBe('not_found')
  })
})
