/** The films of one photo, the newest first, and which of them is looked at. */
import {
  computed,
  effectScope,
  onScopeDispose,
  ref,
  shallowReactive,
  type ComputedRef,
  type EffectScope,
  type Ref,
} from 'vue'
import type { Job } from '@/api/wire'
import { useFilm, type Film, type KeptFilm } from './useFilm'

export interface UseFilmsReturn {
  films: readonly Film[]
  /** null = the photo itself is looked at. */
  shownId: Ref<string | null>
  shown: ComputedRef<Film | null>
  add: (kept: KeptFilm, initial: Job | null) => void
  /** Take a film off the table; its job is left alone. */
  remove: (film: Film) => void
  removeAll: () => void
  /** Have the films of `kept` and no others. */
  follow: (kept: readonly KeptFilm[]) => void
}

/** Must be called inside an effect scope; ending it ends what the films do. */
export function useFilms(
  start: readonly KeptFilm[],
  known: ReadonlyMap<string, Job> | undefined,
): UseFilmsReturn {
  const films = shallowReactive<Film[]>([])
  const scopes = new Map<Film, EffectScope>()
  const shownId = ref<string | null>(null)

  function add(kept: KeptFilm, initial: Job | null): void {
    const scope = effectScope(true)
    const film = scope.run(() => useFilm(kept, initial)) as Film
    scopes.set(film, scope)
    films.unshift(film)
  }

  function remove(film: Film): void {
    films.splice(films.indexOf(film), 1)
    scopes.get(film)?.stop()
    scopes.delete(film)
    if (shownId.value === film.jobId) shownId.value = null
  }

  function removeAll(): void {
    for (const film of [...films]) remove(film)
  }

  function follow(kept: readonly KeptFilm[]): void {
    for (const film of [...films]) if (!kept.some(({ jobId }) => jobId === film.jobId)) remove(film)
    for (const next of [...kept].reverse()) {
      if (!films.some(({ jobId }) => jobId === next.jobId)) add(next, known?.get(next.jobId) ?? null)
    }
  }

  follow(start)
  onScopeDispose(removeAll)
  const shown = computed(() => films.find((film) => film.jobId === shownId.value) ?? null)
  return { films, shownId, shown, add, remove, removeAll, follow }
}
