/** The photos on the table, which one is looked at, and what is remembered of them between visits. */
import { computed, effectScope, ref, shallowReactive, watch, type EffectScope } from 'vue'
import { defineStore } from 'pinia'
import { ApiError, http } from '@/api/http'
import { listJobs } from '@/api/jobs'
import type { CutPhoto, Job } from '@/api/wire'
import { useKeptPhotos } from '@/composables/useKeptPhotos'
import { usePhoto, type KeptPhoto, type Photo, type PhotoStart } from '@/composables/usePhoto'
import { useHouseStore } from './house'

interface Entry {
  photo: Photo
  scope: EffectScope
}

export const useStudioStore = defineStore('studio', () => {
  const house = useHouseStore()
  const entries = shallowReactive<Entry[]>([])
  const selectedKey = ref<string | null>(null)
  const keeping = useKeptPhotos({ onElsewhere: adopt })
  const isRecalling = ref(keeping.read().length > 0)
  const hasForgotten = ref(false) // photos of this person are out of reach for good
  let sending: Promise<void> = Promise.resolve()

  const photos = computed(() => entries.map((entry) => entry.photo))
  const selected = computed(() => photos.value.find((photo) => photo.key === selectedKey.value) ?? null)

  /** Put a photo on the table: last, or behind the picture that it was cut out of. */
  function place(start: Omit<PhotoStart, 'maxBytes' | 'maxClipBytes' | 'onCut'>): Photo {
    const wholeKey = start.cutFrom?.key
    const relatives = photos.value.filter(({ key, cutFrom }) => (cutFrom?.key ?? key) === wholeKey)
    const last = relatives.at(-1) ?? photos.value.at(-1)
    const index = last ? photos.value.indexOf(last) : -1
    const scope = effectScope(true)
    const photo = scope.run(() =>
      usePhoto({
        ...start,
        maxBytes: house.limits.photo.max_bytes,
        maxClipBytes: () => house.limits.clip.max_bytes,
        onCut: (photos) => placeCut(start.key, photos),
      }),
    ) as Photo
    entries.splice(index + 1, 0, { photo, scope })
    return photo
  }

  /** What was cut out of a photo lies behind it, is restored at once, and takes the place of earlier tries. */
  function placeCut(wholeKey: string, cut: readonly CutPhoto[]): void {
    for (const earlier of cutsOf(wholeKey)) if (earlier.films.length === 0) remove(earlier.key)
    const placed = cut.map(({ upload_id, name, notes }) =>
      place({ key: newKey(), name, uploadId: upload_id, cutFrom: { key: wholeKey, notes } }),
    )
    if (selectedKey.value === wholeKey) selectedKey.value = placed[0]?.key ?? wholeKey
    restoreInTurn(placed)
  }

  function cutsOf(wholeKey: string | undefined): Photo[] {
    return photos.value.filter(({ cutFrom }) => cutFrom !== null && cutFrom.key === wholeKey)
  }

  /** The picture that a photo was cut out of, if it still lies on the table. */
  function wholeOf(photo: Photo): Photo | null {
    return photos.value.find(({ key }) => key === photo.cutFrom?.key) ?? null
  }

  /** Take a cut-out photo away and go back to the picture as it came. */
  function useWhole(photo: Photo): void {
    const whole = wholeOf(photo)
    if (whole === null) return
    remove(photo.key)
    selectedKey.value = whole.key
  }

  /** Put files on the table and send them, one after the other. */
  function addFiles(files: readonly File[]): void {
    const added = files.map((file) => {
      return place({ key: newKey(), name: file.name, file })
    })
    selectedKey.value = added[0]?.key ?? selectedKey.value
    restoreInTurn(added)
  }

  function restoreInTurn(added: readonly Photo[]): void {
    for (const photo of added) {
      sending = sending.then(() => (isWaiting(photo) ? photo.restore() : undefined))
    }
  }

  /** Neither taken away nor cancelled before its turn came. */
  function isWaiting(photo: Photo): boolean {
    return photos.value.includes(photo) && photo.submitError === null && photo.jobId === null
  }

  function remove(key: string): void {
    keeping.forget(key)
    entries.find((entry) => entry.photo.key === key)?.photo.leave()
    takeAway(key)
  }

  function takeAway(key: string): void {
    const index = entries.findIndex((entry) => entry.photo.key === key)
    const [entry] = index < 0 ? [] : entries.splice(index, 1)
    if (!entry) return
    entry.scope.stop()
    if (selectedKey.value === key) {
      selectedKey.value = (entries[index] ?? entries[index - 1])?.photo.key ?? null
    }
  }

  /** Have the same table as another tab. */
  function adopt(kept: KeptPhoto[], removedKeys: string[]): void {
    removedKeys.forEach(takeAway)
    for (const photo of kept) {
      const mine = photos.value.find(({ key }) => key === photo.key)
      if (mine) mine.follow(photo)
      else place(photo)
    }
    selectedKey.value ??= entries[0]?.photo.key ?? null
  }

  // A new guest cannot reach what an earlier one owned: better said than found out.
  http.onStranger(() => void loseUnknown())

  async function loseUnknown(): Promise<void> {
    const known = await knownJobs()
    for (const photo of photos.value) {
      const isOurs = known === null || photo.jobId === null || known.has(photo.jobId)
      if (!isOurs && photo.lose()) hasForgotten.value = true
    }
  }

  /** Bring back what was on the table; what the server no longer has is forgotten. */
  async function recall(): Promise<void> {
    const known = await knownJobs()
    for (const photo of keeping.read()) {
      if (known === null) place(photo)
      else if (!known.has(photo.jobId)) {
        hasForgotten.value = true
        keeping.forget(photo.key)
      } else place({ ...photo, films: photo.films.filter((film) => known.has(film.jobId)), knownJobs: known })
    }
    selectedKey.value ??= entries[0]?.photo.key ?? null
    isRecalling.value = false
  }

  function toKeep(): KeptPhoto[] {
    return photos.value.flatMap((photo) => {
      if (photo.jobId === null) return []
      const { key, name, jobId, prints } = photo
      const films = photo.films.map((film) => ({
        jobId: film.jobId,
        preset: film.preset,
        ofJobId: film.ofJobId,
        manner: film.manner,
      }))
      return [{ key, name, jobId, films, prints: prints.kept, cutFrom: photo.cutFrom ?? undefined }]
    })
  }

  /** Must run once, when the page opens. */
  async function open(): Promise<void> {
    if (isRecalling.value) await recall()
    watch(toKeep, keeping.write, { immediate: true })
  }

  return {
    photos,
    selected,
    selectedKey,
    isRecalling,
    hasForgotten,
    open,
    addFiles,
    remove,
    cutsOf,
    wholeOf,
    useWhole,
    select: (key: string) => (selectedKey.value = key),
  }
})

/** The caller's jobs by id, or null when the server cannot be asked: then nothing may be forgotten. */
async function knownJobs(): Promise<ReadonlyMap<string, Job> | null> {
  try {
    return new Map((await listJobs()).map((job) => [job.id, job]))
  } catch (cause) {
    if (cause instanceof ApiError) return null
    throw cause
  }
}

/** Not `crypto.randomUUID`: browsers hide it on plain HTTP in a local network. */
function newKey(): string {
  return `photo-${Date.now()}-${Math.random().toString(36).slice(2)}`
}
