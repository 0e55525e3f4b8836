/** How fast a download goes and how long it will still take: pure arithmetic over what was seen of it. */

export interface Seen {
  atMs: number
  bytes: number
}

export interface Pace {
  bytesPerS: number
  /** null = the size is not known. */
  secondsLeft: number | null
}

/** Long enough to be calm, short enough to follow a line that slows down. */
const WINDOW_MS = 10_000
/** Before that the first figure would jump. */
const LEAST_MS = 1500

/** `seen` with the newest on its end; what is too old is dropped, and all of it when a file starts anew. */
export function withSeen(seen: readonly Seen[], now: Seen): Seen[] {
  const last = seen.at(-1)
  if (last && now.bytes < last.bytes) return [now]
  return [...seen.filter(({ atMs }) => now.atMs - atMs <= WINDOW_MS), now]
}

/** null = too little is known, or nothing moves. */
export function paceOf(seen: readonly Seen[], totalBytes: number | null): Pace | null {
  const [first, last] = [seen[0], seen.at(-1)]
  if (!first || !last || last.atMs - first.atMs < LEAST_MS || last.bytes <= first.bytes) return null
  const bytesPerS = (1000 * (last.bytes - first.bytes)) / (last.atMs - first.atMs)
  return { bytesPerS, secondsLeft: totalBytes === null ? null : (totalBytes - last.bytes) / bytesPerS }
}

/** Bytes as people read them; both languages of the page write them alike. */
export function sizeText(bytes: number): string {
  const mb = bytes / 1e6
  if (mb >= 1000) return `${(mb / 1000).toFixed(1)} GB`
  if (mb < 0.1) return `${Math.ceil(bytes / 1000)} kB` // a slow line, more likely than a small file
  return mb >= 10 ? `${Math.round(mb)} MB` : `${mb.toFixed(1)} MB`
}
