/** One film of a photo: what moves it, and its job. */
import { computed, reactive } from 'vue'
import { mediaUrl } from '@/api/media'
import { facesText, isKeptMotion, type Driver } from '@/api/animations'
import type { Job } from '@/api/wire'
import { useJob } from './useJob'

/** The slug that stands for a clip of the user's own. */
export const OWN_CLIP = 'own_clip'

/** What slugs of films begin with in which each face has an expression of its own. */
export const BY_FACE = 'faces:'

/** What slugs of films begin with that follow a motion the person kept. */
export const BY_EXPRESSION = 'expression:'

/** Does a clip of the person's own move this film, just sent or kept earlier? */
export const isOwnMotion = (slug: string): boolean => slug === OWN_CLIP || slug.startsWith(BY_EXPRESSION)

/** The one word for what moves a film: a preset's slug, or one of ours. */
export function slugOf(driver: Driver): string {
  if (typeof driver === 'string') return driver
  if (driver instanceof File) return OWN_CLIP
  return isKeptMotion(driver) ? BY_EXPRESSION + driver.expressionId : BY_FACE + facesText(driver)
}

export interface KeptFilm {
  jobId: string
  preset: string
  /** The restoration that moves in it. */
  ofJobId: string
  /** By which engine and with which options; of films from before there was a choice it is `USUAL_MANNER`. */
  manner?: string | undefined
}

export const USUAL_MANNER = 'builtin'

export type Film = ReturnType<typeof useFilm>

export function useFilm(kept: KeptFilm, initial: Job | null) {
  const { job, error, isActive, cancel, retry } = useJob(kept.jobId, { initial })
  const mediaId = computed(() => (job.value?.state === 'succeeded' ? job.value.media_id : null))
  return reactive({
    ...kept,
    job,
    error,
    isActive,
    /** Made, or on its way. */
    isGood: computed(() => isActive.value || job.value?.state === 'succeeded'),
    cancel,
    retry,
    mediaId,
    videoUrl: computed(() => mediaId.value && mediaUrl(mediaId.value, 'result')),
    posterUrl: computed(() => mediaId.value && mediaUrl(mediaId.value, 'poster')),
  })
}
