/** The films of one photo and the asking for another; apart from the photo's own way to the server and back. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { DEFAULT_MOTION, submitAnimation, type Driver, type MotionChoices } from '@/api/animations'
import { ApiError, asApiError } from '@/api/http'
import type { Job } from '@/api/wire'
import { OWN_CLIP, slugOf, USUAL_MANNER, type KeptFilm } from './useFilm'
import { useFilms } from './useFilms'

export interface UsePhotoFilmsOptions {
  /** The photo's restoration; null = the server has none. */
  jobId: Ref<string | null>
  start: readonly KeptFilm[]
  knownJobs: ReadonlyMap<string, Job> | undefined
  /** Of a clip of one's own, as the server says at this moment. */
  maxClipBytes: () => number
}

export type UsePhotoFilmsReturn = ReturnType<typeof usePhotoFilms>

/** Must be called inside an effect scope; ending it ends what the films do. */
export function usePhotoFilms({ jobId, start, knownJobs, maxClipBytes }: UsePhotoFilmsOptions) {
  const all = useFilms(start, knownJobs)
  const error = shallowRef<ApiError | null>(null)
  const clipFraction = ref<number | null>(null) // 0..1 of a clip that is on its way to the server
  let asking: AbortController | null = null

  /** Show the film by this preset or clip, made in this manner; it is made unless it has been. */
  async function animate(
    driver: Driver,
    choices: MotionChoices = DEFAULT_MOTION,
    manner = USUAL_MANNER,
  ): Promise<void> {
    const ofJobId = jobId.value
    if (ofJobId === null || asking) return
    const preset = slugOf(driver)
    const earlier = all.films.filter(
      (film) =>
        film.preset === preset && film.ofJobId === ofJobId && (film.manner ?? USUAL_MANNER) === manner,
    )
    const made = earlier.find((film) => film.isGood)
    if (made && preset !== OWN_CLIP) {
      all.shownId.value = made.jobId
      return
    }
    error.value = null
    if (driver instanceof File && driver.size > maxClipBytes()) {
      error.value = new ApiError('video_too_long', 413) // not worth sending only to be refused
      return
    }
    const mine = (asking = new AbortController())
    if (driver instanceof File) clipFraction.value = 0
    try {
      const submitted = await submitAnimation(ofJobId, driver, choices, {
        signal: mine.signal,
        ...(driver instanceof File && { onProgress: (fraction) => (clipFraction.value = fraction) }),
      })
      for (const film of earlier) if (!film.isGood) all.remove(film)
      all.add({ jobId: submitted.id, preset, ofJobId, manner }, submitted)
      all.shownId.value = submitted.id
    } catch (cause) {
      const ended = asApiError(cause)
      if (!mine.signal.aborted && jobId.value === ofJobId) error.value = ended
    } finally {
      if (asking === mine) asking = null
      clipFraction.value = null
    }
  }

  /** A clip that is on its way is not wanted any more. */
  const stopSending = (): void => asking?.abort()

  // What belongs to a photo that was lost or done anew is not shown as if it came of the new one.
  watch(jobId, (id) => id === null && stopSending())
  onScopeDispose(stopSending)
  return { ...all, error, clipFraction, animate, stopSending }
}
