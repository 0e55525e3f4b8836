import { http, type RequestOptions } from './http'
import type { Job } from './wire'

/** Face id -> slug; faces that are not named stay still. */
export type FacePresets = Readonly<Record<number, string>>

/** A motion that the person kept earlier. */
export interface KeptMotion {
  expressionId: string
}

/** A preset's slug, one for each face that moves, the caller's own clip, or one that was kept. */
export type Driver = string | FacePresets | File | KeptMotion

export const isKeptMotion = (driver: Driver): driver is KeptMotion =>
  typeof driver === 'object' && 'expressionId' in driver

export interface MotionChoices {
  engine: 'auto' | 'builtin' | 'first_order'
  /** The rest are for the engine `first_order` when it is asked for by name; others would refuse them. */
  mode: 'best' | 'fast'
  /** By how much the driver moves, or to where the driver is. */
  manner: 'relative' | 'absolute'
  /** A larger face moves further; only where `manner` is relative. */
  reach: 'face' | 'driver'
  /** Which frame of the clip shows the face at rest. */
  rest: 'auto' | 'first'
}

export const DEFAULT_MOTION: Readonly<MotionChoices> = {
  engine: 'auto',
  mode: 'best',
  manner: 'relative',
  reach: 'face',
  rest: 'auto',
}

/** The choices as the server takes them: what is usual is left to it, and an engine is sent none it would refuse. */
export function motionFields(choices: MotionChoices): Record<string, string> {
  const { engine, mode, manner, reach, rest } = choices
  if (engine !== 'first_order') return engine === 'auto' ? {} : { engine }
  return {
    engine,
    ...(mode === 'fast' && { mode }),
    ...(manner === 'absolute' && { relative: 'false' }),
    ...(manner === 'relative' && reach === 'driver' && { adapt_scale: 'false' }),
    ...(manner === 'relative' && rest === 'first' && { best_frame: rest }),
  }
}

/** As the server takes it: `0:smile,2:nod`. The same choice is always the same text. */
export function facesText(presets: FacePresets): string {
  return Object.entries(presets)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([id, slug]) => `${id}:${slug}`)
    .join(',')
}

/** Ask for a film of the picture that `restoreJobId` made; the job comes back at once. */
export async function submitAnimation(
  restoreJobId: string,
  driver: Driver,
  choices: MotionChoices = DEFAULT_MOTION,
  options: RequestOptions = {},
): Promise<Job> {
  const form = new FormData()
  form.set('source', restoreJobId)
  form.set('restore_first', 'false') // the source is restored already
  if (typeof driver === 'string') form.set('preset', driver)
  else if (driver instanceof File) form.set('driving', driver, driver.name)
  else if (isKeptMotion(driver)) form.set('expression', driver.expressionId)
  else form.set('faces', facesText(driver))
  for (const [name, value] of Object.entries(motionFields(choices))) form.set(name, value)
  const headers = { Prefer: 'respond-async', ...options.headers }
  return (await http.post<Job>('/animate', form, { ...options, headers })).body
}
