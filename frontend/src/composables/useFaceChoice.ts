/** In a photo of several people: one expression for all, or one for each. */
import { computed, ref, watch, type ComputedRef, type Ref, type WritableComputedRef } from 'vue'
import type { FacePresets } from '@/api/animations'
import type { PhotoFace } from './photoFaces'
import type { Photo } from './usePhoto'

export interface UseFaceChoiceReturn {
  /** Those that can move; none until the first film has told. */
  faces: ComputedRef<readonly PhotoFace[]>
  areSeveral: ComputedRef<boolean>
  mode: WritableComputedRef<'alike' | 'each'>
  /** The face that the next expression is for. */
  selectedId: Ref<number | null>
  chosen: Ref<FacePresets>
  hasMotion: ComputedRef<boolean>
  /** null = the selected face stays still. */
  choose: (slug: string | null) => void
  slugOfSelected: ComputedRef<string | null>
}

export function useFaceChoice(photo: () => Photo): UseFaceChoiceReturn {
  const isEach = ref(false)
  const selectedId = ref<number | null>(null)
  const chosen = ref<FacePresets>({})
  const faces = computed(() => photo().faces ?? [])
  const areSeveral = computed(() => faces.value.length > 1 && photo().afterUrl !== null)
  const mode = computed<'alike' | 'each'>({
    get: () => (isEach.value && areSeveral.value ? 'each' : 'alike'),
    set: (value) => (isEach.value = value === 'each'),
  })

  function reset(): void {
    isEach.value = false
    chosen.value = {}
  }
  watch([() => photo().key, () => photo().jobId], reset)
  watch(mode, () => (selectedId.value = faces.value[0]?.id ?? null))

  function choose(slug: string | null): void {
    const id = selectedId.value
    if (id === null) return
    const others = Object.entries(chosen.value).filter(([other]) => Number(other) !== id)
    chosen.value = Object.fromEntries(slug === null ? others : [...others, [id, slug]]) as FacePresets
  }

  return {
    faces,
    areSeveral,
    mode,
    selectedId,
    chosen,
    hasMotion: computed(() => Object.keys(chosen.value).length > 0),
    choose,
    slugOfSelected: computed(() => chosen.value[selectedId.value ?? -1] ?? null),
  }
}
