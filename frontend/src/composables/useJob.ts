/**
 * A job as the server sees it now: polled while it is under way, quietly while the tab is hidden.
 */
import {
  computed,
  onScopeDispose,
  shallowReadonly,
  shallowRef,
  toValue,
  watch,
  type ComputedRef,
  type MaybeRefOrGetter,
  type Ref,
  type ShallowRef,
} from 'vue'
import { useDocumentVisibility } from '@vueuse/core'
import { ApiError } from '@/api/http'
import * as jobs from '@/api/jobs'
import { isFinal, type Job } from '@/api/wire'

const FASTEST_MS = 500
const SLOWEST_MS = 3000
const GROWTH = 1.5

export interface UseJobOptions {
  /** What is known already, so that nothing is asked for twice. */
  initial?: Job | null
  visibility?: Ref<DocumentVisibilityState>
  fetchJob?: typeof jobs.getJob
  cancelJob?: typeof jobs.cancelJob
  retryJob?: typeof jobs.retryJob
}

export interface UseJobReturn {
  job: Readonly<ShallowRef<Job | null>>
  /** The last poll's failure; gone with the next answer. */
  error: Readonly<ShallowRef<ApiError | null>>
  isActive: ComputedRef<boolean>
  /** Takes what another call answered about this job. */
  accept: (job: Job) => void
  cancel: () => Promise<void>
  retry: () => Promise<void>
}

export function useJob(id: MaybeRefOrGetter<string | null>, options: UseJobOptions = {}): UseJobReturn {
  const fetchJob = options.fetchJob ?? jobs.getJob
  const visibility = options.visibility ?? useDocumentVisibility()
  const job = shallowRef<Job | null>(options.initial ?? null)
  const error = shallowRef<ApiError | null>(null)
  const isActive = computed(() => toValue(id) !== null && (job.value === null || !isFinal(job.value)))

  let etag: string | null = null
  let delayMs = FASTEST_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let request: AbortController | null = null

  function stop(): void {
    clearTimeout(timer)
    request?.abort()
    request = null
  }

  function resume(): void {
    stop()
    if (isActive.value && visibility.value === 'visible') void poll()
  }

  async function poll(): Promise<void> {
    const wanted = toValue(id)
    if (wanted === null) return
    const mine = (request = new AbortController())
    let waitS: number | null
    try {
      const answer = await fetchJob(wanted, etag, mine.signal)
      if (mine.signal.aborted) return
      error.value = null
      etag = answer.etag
      waitS = answer.retryAfterS
      delayMs = answer.job ? FASTEST_MS : Math.min(delayMs * GROWTH, SLOWEST_MS)
      if (answer.job) job.value = answer.job
    } catch (cause) {
      if (mine.signal.aborted) return
      if (!(cause instanceof ApiError)) throw cause
      error.value = cause
      if (cause.status === 404) return // deleted: asking again will not bring it back
      waitS = cause.retryAfterS
      delayMs = SLOWEST_MS
    }
    if (isActive.value) timer = setTimeout(() => void poll(), clampDelay(waitS, delayMs))
  }

  function accept(next: Job): void {
    etag = null
    job.value = next
    error.value = null
    delayMs = FASTEST_MS
    resume()
  }

  async function ask(call: (jobId: string) => Promise<Job>): Promise<void> {
    const wanted = toValue(id)
    if (wanted === null) return
    try {
      accept(await call(wanted))
    } catch (cause) {
      // 409: the job ended before we asked; the next poll says how.
      if (!(cause instanceof ApiError)) throw cause
      if (cause.status === 409) resume()
      else error.value = cause
    }
  }

  watch(visibility, resume)
  watch(
    () => toValue(id),
    (wanted) => {
      if (job.value?.id !== wanted) job.value = null
      etag = null
      resume()
    },
    { immediate: true },
  )
  onScopeDispose(stop)

  return {
    job: shallowReadonly(job),
    error: shallowReadonly(error),
    isActive,
    accept,
    cancel: () => ask(options.cancelJob ?? jobs.cancelJob),
    retry: () => ask(options.retryJob ?? jobs.retryJob),
  }
}

/** The server's wish, within what is neither rude nor sluggish. */
function clampDelay(waitS: number | null, fallbackMs: number): number {
  if (waitS === null) return fallbackMs
  return Math.min(Math.max(waitS * 1000, FASTEST_MS), SLOWEST_MS)
}
