/** One photo on the table: its way to the server, its restoration, and the films made of it. */
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import { ApiError, asApiError } from '@/api/http'
import { mediaUrl } from '@/api/media'
import { submitRestoration, type FaceWishes, type RestoreChoices } from '@/api/restorations'
import type { CutPhoto, Job } from '@/api/wire'
import { choicesOf, recallChoices, rememberChoices } from './keptChoices'
import { facesOf } from './photoFaces'
import { loadMarks, marksPng } from './maskMarks'
import { withoutDirectionMarks } from './photoName'
import type { Film, KeptFilm } from './useFilm'
import { useFaceBlend } from './useFaceBlend'
import { useJob } from './useJob'
import { useObjectUrl } from './useObjectUrl'
import { usePhotoFilms } from './usePhotoFilms'
import { usePrints, type KeptPrints } from './usePrints'

/** What is remembered of a photo between visits. The pictures themselves stay on the server. */
export interface KeptPhoto {
  key: string
  name: string
  jobId: string
  films: KeptFilm[]
  prints?: KeptPrints
  cutFrom?: CutFrom | undefined
}

/** Of a photo that was cut out of another on the table: which one, and what was done besides. */
export interface CutFrom {
  key: string
  notes: readonly string[]
}

export interface PhotoStart {
  key: string
  name: string
  file?: File
  /** A photo that the server has already. */
  uploadId?: string
  jobId?: string
  films?: KeptFilm[]
  prints?: KeptPrints
  cutFrom?: CutFrom | undefined
  maxBytes: number
  maxClipBytes: () => number
  onCut?: (photos: readonly CutPhoto[]) => void
  knownJobs?: ReadonlyMap<string, Job>
}

export type Photo = ReturnType<typeof usePhoto>

/** Must be called inside an effect scope; ending the scope stops everything the photo does. */
export function usePhoto(start: PhotoStart) {
  const localUrl = start.file ? useObjectUrl(start.file) : null
  const jobId = ref<string | null>(start.jobId ?? null)
  const restoration = useJob(jobId, { initial: start.knownJobs?.get(start.jobId ?? '') ?? null })
  const { job, isActive, accept } = restoration
  const films = usePhotoFilms({
    jobId,
    start: start.films ?? [],
    knownJobs: start.knownJobs,
    maxClipBytes: start.maxClipBytes,
  })
  const sentFraction = ref<number | null>(null)
  const submitError = shallowRef<ApiError | null>(null)
  const choices = ref<RestoreChoices>(recallChoices())
  let sending: AbortController | null = null
  let lastMask: Blob | null = null // painted by hand: not to be lost with a connection
  let lastFaces: FaceWishes | null = null

  const mediaId = computed(() => {
    const isThere = jobId.value !== null && job.value?.state === 'succeeded'
    return isThere ? (job.value?.media_id ?? null) : null
  })
  const uploadId = computed(() => job.value?.upload_id ?? start.uploadId ?? null)
  /** On its way to the server, or worked on there. */
  const isBusy = computed(() => sentFraction.value !== null || isActive.value)
  const source = computed(() => uploadId.value ?? start.file)
  // made by the first restoration that succeeds; there from the start for what was cut out
  const serverPreview = ref<string | null>(start.uploadId ? mediaUrl(start.uploadId, 'preview') : null)
  watch(
    mediaId,
    (id) => {
      if (id !== null) serverPreview.value = mediaUrl(uploadId.value ?? id, 'preview')
    },
    { immediate: true },
  )

  const prints = usePrints({
    uploadId,
    ...(start.prints && { start: start.prints }),
    ...(start.knownJobs && { knownJobs: start.knownJobs }),
    onCut: (photos) => start.onCut?.(photos),
  })
  /** True in the tab that sent the photo: the others would only look again. */
  let looksForPrints = false
  watch(mediaId, (id) => {
    // After the restoration, so that it never waits for this.
    if (id !== null && looksForPrints && !start.cutFrom) void prints.find()
  })

  const blend = useFaceBlend({ job, mediaId, onSave: (faces) => void saveFaces(faces) })

  /**
   * Restore the photo with the present choices; a photo the server has is not sent again.
   * `mask`: what to repair, white on black, on the picture that was worked on last.
   * `faces`: how much of the model's faces, with all else as in the present result.
   */
  async function restore(mask: Blob | null = null, faces: FaceWishes | null = null): Promise<void> {
    const photo = (mask && job.value?.source_job_id) ?? source.value
    if (!photo || sending) return // one press too many
    looksForPrints = true
    lastMask = mask
    lastFaces = faces
    submitError.value = null
    films.shownId.value = null
    if (photo instanceof File && photo.size > start.maxBytes) {
      submitError.value = new ApiError('image_too_large', 413) // not worth sending only to be refused
      return
    }
    sentFraction.value = 0
    sending = new AbortController()
    try {
      const submitted = await submitRestoration(
        photo,
        faces ? choicesOf(job.value?.options ?? {}, job.value?.result?.model) : choices.value,
        {
          mask,
          faces,
          signal: sending.signal,
          onProgress: (fraction) => (sentFraction.value = fraction),
        },
      )
      jobId.value = submitted.id
      accept(submitted)
    } catch (cause) {
      submitError.value = asApiError(cause)
    } finally {
      sentFraction.value = null
      sending = null
    }
  }

  /** Mend what is painted; faces stay as they were saved, unless another engine is wanted now. */
  const repair = (mask: Blob): Promise<void> =>
    restore(mask, choices.value.engine === 'builtin' ? null : blend.saved)

  /** Once more as the result at hand was made, with other wishes for its faces. */
  async function saveFaces(faces: FaceWishes): Promise<void> {
    const isMasked = job.value?.result?.notes.includes('mask_repaired') && mediaId.value !== null
    // After a reload, what was painted is only where its restoration is.
    if (isMasked) lastMask ??= await marksPng(await loadMarks(mediaUrl(mediaId.value ?? '', 'mask')))
    await restore(isMasked ? lastMask : null, faces)
  }

  async function cancel(): Promise<void> {
    if (sending) sending.abort()
    else if (jobId.value === null)
      submitError.value = new ApiError('job_cancelled', 0) // not sent yet
    else await restoration.cancel()
  }

  async function retry(): Promise<void> {
    if (restoration.error.value?.status === 404) lose() // no job to retry: the file itself is sent again
    if (submitError.value || jobId.value === null)
      await restore(jobId.value === null ? null : lastMask, lastFaces)
    else await restoration.retry()
  }

  /** The server knows nothing of this photo any more. True when there was something to lose. */
  function lose(): boolean {
    if (jobId.value === null) return false
    jobId.value = null
    serverPreview.value = null
    films.error.value = null
    films.removeAll()
    prints.forget()
    submitError.value = new ApiError('not_found', 404)
    return true
  }

  return reactive({
    key: start.key,
    name: withoutDirectionMarks(start.name),
    cutFrom: start.cutFrom ?? null,
    prints,
    blend,
    choices,
    films: films.films,
    shownFilmId: films.shownId,
    shownFilm: films.shown,
    job,
    jobId,
    pollError: restoration.error,
    isActive,
    sentFraction,
    submitError,
    animateError: films.error,
    clipFraction: films.clipFraction,
    localUrl,
    mediaId,
    serverPreview,
    beforeUrl: computed(() => serverPreview.value ?? localUrl),
    maskUrl: computed(() => {
      const hasMask = typeof job.value?.result?.mask_share === 'number'
      return mediaId.value && hasMask ? mediaUrl(mediaId.value, 'mask') : null
    }),
    afterUrl: computed(() => mediaId.value && mediaUrl(mediaId.value, 'result')),
    /** Of the picture that is shown; null until the first film has told. */
    faces: computed(() => {
      const told = films.films.filter((film) => film.ofJobId === jobId.value).map((film) => facesOf(film.job))
      return told.find((faces) => faces !== null) ?? null
    }),
    canRetry: computed(() => start.file !== undefined || isKnown(submitError.value, restoration.error.value)),
    isBusy,
    canRestoreAgain: computed(() => source.value !== undefined && !isBusy.value),
    restore,
    repair,
    animate: films.animate,
    stopClip: films.stopSending,
    choose(next: RestoreChoices): void {
      choices.value = next
      rememberChoices(next)
    },
    show: (filmId: string | null) => (films.shownId.value = filmId),
    removeFilm: (film: Film) => films.remove(film),
    cancel,
    retry,
    lose,
    /** Be as another tab left the photo. */
    follow(kept: KeptPhoto): void {
      if (jobId.value !== kept.jobId) submitError.value = null
      jobId.value = kept.jobId
      films.follow(kept.films)
      if (kept.prints) prints.follow(kept.prints)
    },
    /** Stops what is under way; the photo is leaving the table. */
    leave(): void {
      if (sending || isActive.value) void cancel()
      for (const film of films.films) if (film.isActive) void film.cancel()
    },
  })
}

const isKnown = (...errors: (ApiError | null)[]): boolean => errors.every((error) => error?.status !== 404)
