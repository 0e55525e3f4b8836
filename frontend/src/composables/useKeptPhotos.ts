/** What is remembered of the photos between visits, shared by all tabs of this browser. */
import { useEventListener } from '@vueuse/core'
import type { KeptPhoto } from './usePhoto'

const KEY = 'jiuying.photos'

export interface UseKeptPhotosOptions {
  storage?: Pick<Storage, 'getItem' | 'setItem'>
  /** Another tab has written: what is kept now, and which photos it took off the table. */
  onElsewhere: (kept: KeptPhoto[], removedKeys: string[]) => void
}

export interface UseKeptPhotosReturn {
  read: () => KeptPhoto[]
  /** Keep `mine`; what other tabs keep stays, but for photos that `forget` named. */
  write: (mine: readonly KeptPhoto[]) => void
  forget: (key: string) => void
}

export function useKeptPhotos(options: UseKeptPhotosOptions): UseKeptPhotosReturn {
  const storage = options.storage ?? localStorage
  const forgotten = new Set<string>()
  const read = (): KeptPhoto[] => parse(storage.getItem(KEY))

  useEventListener(window, 'storage', (event) => {
    if (event.key !== KEY) return
    const kept = parse(event.newValue)
    const keys = new Set(kept.map(({ key }) => key))
    const removed = parse(event.oldValue).filter(({ key }) => !keys.has(key))
    options.onElsewhere(
      kept,
      removed.map(({ key }) => key),
    )
  })

  return {
    read,
    write(mine) {
      const left = new Map(mine.map((photo) => [photo.key, photo]))
      const kept: KeptPhoto[] = []
      for (const old of read()) {
        const photo = left.get(old.key) ?? old
        left.delete(old.key)
        if (!forgotten.has(old.key)) kept.push(photo)
      }
      storage.setItem(KEY, JSON.stringify([...kept, ...left.values()]))
    },
    forget: (key) => void forgotten.add(key),
  }
}

function parse(text: string | null): KeptPhoto[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(kept) ? (kept as KeptPhoto[]) : []
  } catch {
    return [] // somebody else's, or cut short
  }
}
