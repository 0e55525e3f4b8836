/**
 * From what was measured of a film to a word for it. The limits are in the units of the server's `FilmQuality`
 * (backend/domain/films.py) and the same as in its own report (backend/evaluation/film_rows.py; a contract test
 * compares them); they say what a person sees, not what a machine could do better.
 */

import type { FilmQuality } from '@/api/wire'

export type Grade = 'veryGood' | 'good' | 'visible'

export interface Measure {
  name: keyof FilmQuality
  /** Up to here nobody sees it; beyond `good` everybody does. */
  veryGood: number
  good: number
  digits: number
  /** Key of the unit's word under `film.unit`, where there is one. */
  unit: 'px' | 'levels' | 'times' | null
}

/** In the order in which a person would notice. */
export const MEASURES = [
  { name: 'identity_change', veryGood: 0.1, good: 0.2, digits: 2, unit: null },
  { name: 'start', veryGood: 0.5, good: 2, digits: 1, unit: 'levels' },
  { name: 'seam', veryGood: 1.15, good: 1.5, digits: 2, unit: 'times' },
  { name: 'jitter', veryGood: 0.4, good: 1, digits: 2, unit: 'px' },
  { name: 'flicker', veryGood: 1.2, good: 2.5, digits: 2, unit: 'levels' },
  { name: 'loop', veryGood: 1.5, good: 3, digits: 2, unit: 'times' },
  { name: 'outside', veryGood: 0, good: 2, digits: 0, unit: 'levels' },
] as const satisfies readonly Measure[]

export interface Graded extends Measure {
  value: number
  grade: Grade
}

const GRADES: readonly Grade[] = ['veryGood', 'good', 'visible']

export function gradeOf({ veryGood, good }: Measure, value: number): Grade {
  if (value <= veryGood) return 'veryGood'
  return value <= good ? 'good' : 'visible'
}

/** What was measured, each with its word; what could not be told is left out. */
export function graded(quality: FilmQuality | null): Graded[] {
  return MEASURES.flatMap((measure) => {
    const value = quality?.[measure.name]
    return typeof value === 'number' ? [{ ...measure, value, grade: gradeOf(measure, value) }] : []
  })
}

/** A film is as good as the worst of it. */
export function overall(all: readonly Graded[]): Grade {
  return GRADES[Math.max(0, ...all.map(({ grade }) => GRADES.indexOf(grade)))] ?? 'visible'
}

/** Stretches of a film in seconds: frames that follow each other, or nearly, are one. */
export function stretchesOf(frames: readonly number[], fps: number): { from: number; to: number }[] {
  const stretches: { first: number; last: number }[] = []
  for (const frame of [...frames].sort((a, b) => a - b)) {
    const open = stretches.at(-1)
    if (open && frame - open.last <= NEAR) open.last = frame
    else stretches.push({ first: frame, last: frame })
  }
  return stretches.map(({ first, last }) => ({ from: first / fps, to: (last + 1) / fps }))
}

/** Frames between two that fail; a person sees them as one stretch. */
const NEAR = 3
