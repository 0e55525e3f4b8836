/** The prints in one picture: looked for quietly, outlined, and cut out when a person says so. */
import { computed, reactive, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { ApiError } from '@/api/http'
import { submitCut, submitLook, type Corners } from '@/api/prints'
import type { CutPhoto, Job } from '@/api/wire'
import { photoStatus } from './photoStatus'
import { useJob } from './useJob'
import type { Size } from './zoomGeometry'

/** What is remembered between visits. */
export interface KeptPrints {
  lookJobId: string | null
  isDismissed: boolean
  /** As they were last cut out. */
  outlines: readonly Corners[] | null
}

export interface UsePrintsOptions {
  /** The picture's upload, once the server has it. */
  uploadId: MaybeRefOrGetter<string | null>
  start?: KeptPrints
  knownJobs?: ReadonlyMap<string, Job>
  onCut: (photos: readonly CutPhoto[]) => void
  look?: typeof submitLook
  cut?: typeof submitCut
}

export type Prints = ReturnType<typeof usePrints>

/** Must be called inside an effect scope. */
export function usePrints(options: UsePrintsOptions) {
  const askForLook = options.look ?? submitLook
  const askForCut = options.cut ?? submitCut
  const lookJobId = ref(options.start?.lookJobId ?? null)
  const isDismissed = ref(options.start?.isDismissed ?? false)
  const outlines = shallowRef(options.start?.outlines ?? null)
  const cutJobId = ref<string | null>(null)
  const look = useJob(lookJobId, { initial: options.knownJobs?.get(lookJobId.value ?? '') ?? null })
  const cut = useJob(cutJobId)
  const lookRefused = shallowRef<ApiError | null>(null)
  const cutRefused = shallowRef<ApiError | null>(null)
  const isAsking = ref(false)
  const isEditing = ref(false)

  const looked = computed(() => (look.job.value?.state === 'succeeded' ? look.job.value.result : null))
  const found = computed(() =>
    (looked.value?.prints ?? []).map(({ corners }) => corners as unknown as Corners),
  )
  const size = computed<Size | null>(
    () => looked.value && { width: looked.value.width, height: looked.value.height },
  )
  const cutting = computed(() => {
    if (!isAsking.value && cutJobId.value === null && cutRefused.value === null) return null
    const [job, jobId] = [cut.job.value, cutJobId.value]
    return photoStatus({ job, jobId, submitError: cutRefused.value, pollError: cut.error.value })
  })

  /** Look once; a look that failed is done again. */
  async function find(): Promise<void> {
    const uploadId = toValue(options.uploadId)
    if (uploadId === null || looked.value || look.isActive.value) return
    lookRefused.value = null
    try {
      const job = await askForLook(uploadId)
      lookJobId.value = job.id
      look.accept(job)
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      lookRefused.value = cause
    }
  }

  async function cutOut(wanted: readonly Corners[]): Promise<void> {
    const uploadId = toValue(options.uploadId)
    if (uploadId === null || isAsking.value || cut.isActive.value) return
    isEditing.value = false
    outlines.value = wanted
    cutRefused.value = null
    cutJobId.value = null
    isAsking.value = true
    try {
      const job = await askForCut(uploadId, wanted)
      cutJobId.value = job.id
      cut.accept(job)
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      cutRefused.value = cause
    } finally {
      isAsking.value = false
    }
  }

  watch(
    () => cut.job.value?.state,
    (state) => {
      if (state === 'cancelled') cutJobId.value = null // nothing went wrong: the offer stands again
      const photos = cut.job.value?.result?.photos
      if (state !== 'succeeded' || !photos) return
      cutJobId.value = null
      isDismissed.value = true
      options.onCut(photos)
    },
  )

  /** Leave the picture whole. Nothing of what was found is forgotten. */
  function dismiss(): void {
    isDismissed.value = true
    cutRefused.value = null
    cutJobId.value = null
  }

  function forget(): void {
    dismiss()
    isDismissed.value = false
    lookJobId.value = null
    outlines.value = null
  }

  return reactive({
    found,
    size,
    lookStatus: computed(() =>
      photoStatus({
        job: look.job.value,
        jobId: lookJobId.value,
        submitError: lookRefused.value,
        pollError: look.error.value,
      }),
    ),
    /** How far the cutting is, also when it failed; null where nothing is being cut. */
    cutting,
    /** What a person starts from: as they last left it, else as found. */
    outlines: computed(() => outlines.value ?? found.value),
    isOffered: computed(() => found.value.length > 0 && !isDismissed.value && cutting.value === null),
    /** A person is at the outlines. */
    isEditing,
    kept: computed<KeptPrints>(() => ({
      lookJobId: lookJobId.value,
      isDismissed: isDismissed.value,
      outlines: outlines.value,
    })),
    find,
    cutOut,
    retryCut: () => cutOut(outlines.value ?? found.value),
    cancelCut: () => cut.cancel(),
    dismiss,
    forget,
    /** Be as another tab left it. */
    follow(kept: KeptPrints): void {
      lookJobId.value = kept.lookJobId
      isDismissed.value = kept.isDismissed
      outlines.value = kept.outlines
    },
  })
}
