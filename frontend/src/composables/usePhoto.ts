/** One photo on the table: its way to the server, its restoration, and the films made of it. */
import { computed, effectScope, reactive, ref, shallowReactive, shallowRef, type EffectScope } from 'vue'
import { submitAnimation, type Driver } from '@/api/animations'
import { ApiError } from '@/api/http'
import { mediaUrl } from '@/api/media'
import { DEFAULT_CHOICES, submitRestoration, type RestoreChoices } from '@/api/restorations'
import type { Job } from '@/api/wire'
import { OWN_CLIP, useFilm, type Film, type KeptFilm } from './useFilm'
import { useJob } from './useJob'
import { useObjectUrl } from './useObjectUrl'

/** What is remembered of a photo between visits. The pictures themselves stay on the server. */
export interface KeptPhoto {
  key: string
  name: string
  jobId: string
  films: KeptFilm[]
}

export interface PhotoStart {
  key: string
  name: string
  file?: File
  jobId?: string
  films?: KeptFilm[]
  maxBytes: number
  knownJobs?: ReadonlyMap<string, Job>
}

export type Photo = ReturnType<typeof usePhoto>

/** Must be called inside an effect scope; ending the scope stops everything the photo does. */
export function usePhoto(start: PhotoStart) {
  const localUrl = start.file ? useObjectUrl(start.file) : null
  const jobId = ref<string | null>(start.jobId ?? null)
  const {
    job,
    error: pollError,
    isActive,
    accept,
    cancel: cancelJob,
    retry: retryJob,
  } = useJob(jobId, {
    initial: start.knownJobs?.get(start.jobId ?? '') ?? null,
  })
  const sentFraction = ref<number | null>(null)
  const submitError = shallowRef<ApiError | null>(null)
  const animateError = shallowRef<ApiError | null>(null)
  const choices = ref<RestoreChoices>({ ...DEFAULT_CHOICES })
  const isAsking = ref(false)
  const films = shallowReactive<Film[]>([])
  const shownFilmId = ref<string | null>(null) // null = the photo itself is looked at
  const filmScopes = new Map<Film, EffectScope>()
  let sending: AbortController | null = null

  const mediaId = computed(() => (job.value?.state === 'succeeded' ? job.value.media_id : null))
  const uploadId = computed(() => job.value?.upload_id ?? null)
  const serverPreview = computed(() => {
    const id = uploadId.value ?? mediaId.value
    return id ? mediaUrl(id, 'preview') : null
  })

  function addFilm(kept: KeptFilm, initial: Job | null): void {
    const scope = effectScope()
    const film = scope.run(() => useFilm(kept, initial)) as Film
    filmScopes.set(film, scope)
    films.unshift(film)
  }

  /** A film that came to nothing makes room when it is wished for again. */
  function dropFailed(preset: string): void {
    for (const film of films.filter((other) => other.preset === preset && !other.isGood)) {
      films.splice(films.indexOf(film), 1)
      filmScopes.get(film)?.stop()
      filmScopes.delete(film)
    }
  }

  for (const kept of [...(start.films ?? [])].reverse()) {
    addFilm(kept, start.knownJobs?.get(kept.jobId) ?? null)
  }

  /** Restore the photo with the present choices; a photo the server has is not sent again. */
  async function restore(): Promise<void> {
    const source = uploadId.value ?? start.file
    if (!source) return
    submitError.value = null
    shownFilmId.value = null
    if (source instanceof File && source.size > start.maxBytes) {
      submitError.value = new ApiError('image_too_large', 413) // not worth sending only to be refused
      return
    }
    sentFraction.value = 0
    sending = new AbortController()
    try {
      const submitted = await submitRestoration(source, choices.value, {
        signal: sending.signal,
        onProgress: (fraction) => (sentFraction.value = fraction),
      })
      jobId.value = submitted.id
      accept(submitted)
    } catch (cause) {
      submitError.value = asApiError(cause)
    } finally {
      sentFraction.value = null
      sending = null
    }
  }

  /** Show the film by this preset or clip; it is made unless it has been. */
  async function animate(driver: Driver): Promise<void> {
    const ofJobId = jobId.value
    if (ofJobId === null || isAsking.value) return
    const preset = typeof driver === 'string' ? driver : OWN_CLIP
    const made = films.find((film) => film.preset === preset && film.ofJobId === ofJobId && film.isGood)
    if (made && preset !== OWN_CLIP) {
      shownFilmId.value = made.jobId
      return
    }
    animateError.value = null
    isAsking.value = true
    try {
      const submitted = await submitAnimation(ofJobId, driver)
      dropFailed(preset)
      addFilm({ jobId: submitted.id, preset, ofJobId }, submitted)
      shownFilmId.value = submitted.id
    } catch (cause) {
      animateError.value = asApiError(cause)
    } finally {
      isAsking.value = false
    }
  }

  async function cancel(): Promise<void> {
    if (sending) sending.abort()
    else await cancelJob()
  }

  async function retry(): Promise<void> {
    if (submitError.value || jobId.value === null) await restore()
    else await retryJob()
  }

  return reactive({
    key: start.key,
    name: start.name,
    choices,
    films,
    shownFilmId,
    shownFilm: computed(() => films.find((film) => film.jobId === shownFilmId.value) ?? null),
    job,
    jobId,
    pollError,
    isActive,
    isAsking,
    sentFraction,
    submitError,
    animateError,
    localUrl,
    mediaId,
    serverPreview,
    beforeUrl: computed(() => serverPreview.value ?? localUrl),
    afterUrl: computed(() => mediaId.value && mediaUrl(mediaId.value, 'result')),
    canRetry: computed(() => jobId.value !== null || start.file !== undefined),
    canRestoreAgain: computed(() => (uploadId.value ?? start.file) !== undefined && !isActive.value),
    restore,
    animate,
    choose: (next: RestoreChoices) => (choices.value = next),
    show: (filmId: string | null) => (shownFilmId.value = filmId),
    cancel,
    retry,
    /** Stops what is under way; the photo is leaving the table. */
    leave(): void {
      if (sending || isActive.value) void cancel()
      for (const film of films) if (film.isActive) void film.cancel()
      for (const scope of filmScopes.values()) scope.stop()
    },
  })
}

function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  if (cause instanceof DOMException && cause.name === 'AbortError') return new ApiError('job_cancelled', 0)
  throw cause
}
