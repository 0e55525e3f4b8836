/** Which faces are the model's, and how far: tried out on stored layers, and made for good when saved. */
import { computed, reactive, ref, watch, type Ref } from 'vue'
import { mediaUrl } from '@/api/media'
import type { FaceWishes } from '@/api/restorations'
import type { Job } from '@/api/wire'
import { restoredFacesOf, type RestoredFace } from './restoredFaces'

export interface UseFaceBlendOptions {
  job: Readonly<Ref<Job | null>>
  /** null = there is no result. */
  mediaId: Readonly<Ref<string | null>>
  /** Restore once more with these. */
  onSave: (wishes: FaceWishes) => void
}

export type FaceBlend = ReturnType<typeof useFaceBlend>

export function useFaceBlend({ job, mediaId, onSave }: UseFaceBlendOptions) {
  const faces = computed(() => (mediaId.value === null ? [] : restoredFacesOf(job.value)))
  const choosable = computed(() => faces.value.filter(({ obstacle }) => obstacle === null))
  const savedFidelity = computed(() => numberFrom(job.value?.options.fidelity))
  const layersUrl = computed(() => {
    const hasLayers = faces.value.some(({ layer }) => layer !== null)
    return mediaId.value !== null && hasLayers ? mediaUrl(mediaId.value, 'layers') : null
  })
  const fidelity = ref(0)
  const leftIds = ref<ReadonlySet<number>>(new Set())
  const isBroken = ref(false) // the layers cannot be had: then there is nothing to try out
  const areMarksShown = ref(false)

  const savedLeftIds = (): Set<number> =>
    new Set(choosable.value.filter(({ isRestored }) => !isRestored).map(({ id }) => id))
  function reset(): void {
    fidelity.value = savedFidelity.value
    leftIds.value = savedLeftIds()
  }
  watch(
    [() => job.value?.id, mediaId],
    () => {
      isBroken.value = false
      reset()
    },
    { immediate: true },
  )

  const isLeft = (face: RestoredFace): boolean => leftIds.value.has(face.id)
  const isChanged = computed(
    () =>
      fidelity.value !== savedFidelity.value ||
      choosable.value.some((face) => isLeft(face) === face.isRestored),
  )

  function toggle(face: RestoredFace): void {
    if (face.obstacle !== null) return
    const next = new Set(leftIds.value)
    if (!next.delete(face.id)) next.add(face.id)
    leftIds.value = next
  }

  function wishesOf(share: number, left: ReadonlySet<number>): FaceWishes {
    const ids = choosable.value.map(({ id }) => id).filter((id) => !left.has(id))
    return { fidelity: share, faceIds: left.size > 0 ? ids.sort((a, b) => a - b) : null }
  }
  const wishes = computed(() => wishesOf(fidelity.value, leftIds.value))
  /** What the result at hand was made with; null = nothing was asked for. */
  const saved = computed<FaceWishes | null>(() => {
    const left = savedLeftIds()
    return savedFidelity.value > 0 || left.size > 0 ? wishesOf(savedFidelity.value, left) : null
  })
  /** At least one face must be the model's: without, this engine has nothing to do. */
  const isNobodyLeft = computed(() => wishes.value.faceIds?.length === 0)

  return reactive({
    faces,
    fidelity,
    areMarksShown,
    isBroken,
    isChanged,
    isNobodyLeft,
    canSave: computed(() => isChanged.value && !isNobodyLeft.value),
    canBlend: computed(() => !isBroken.value && layersUrl.value !== null),
    layersUrl,
    saved,
    isLeft,
    /** It was left in the result: there is nothing of it to show before it is saved. */
    isAwaited: (face: RestoredFace): boolean => !isLeft(face) && !face.isRestored && face.layer === null,
    /** What is drawn over the result: 1 = the photo's own face. */
    fidelityOf: (face: RestoredFace): number => (isLeft(face) ? 1 : fidelity.value),
    toggle,
    setFidelity: (value: number) => (fidelity.value = value),
    toggleMarks: () => (areMarksShown.value = !areMarksShown.value),
    giveUpPreview: () => (isBroken.value = true),
    reset,
    save: () => onSave(wishes.value),
  })
}

function numberFrom(value: unknown): number {
  const number = Number(value ?? 0)
  return Number.isFinite(number) ? number : 0
}
