/** The generated wire types (`npm run types`) under the names the page uses. */
import type { components } from './types'

type Schemas = components['schemas']

export type Job = Schemas['Job']
export type JobFace = Schemas['JobFace']
export type JobResult = Schemas['JobResult']
export type FilmQuality = Schemas['FilmQuality']
export type ClipCheck = Schemas['ClipCheck']
export type Expression = Schemas['Expression']
export type FaceLayer = Schemas['FaceLayer']
export type JobState = Job['state']
export type CutPhoto = Schemas['CutPhoto']
export type Stage = NonNullable<Job['stage']>
export type Me = Schemas['Me']
export type Preset = Schemas['Preset']
export type PresetPreview = Schemas['PresetPreview']
export type Engine = Schemas['Engine']
export type Weight = Schemas['WeightsFile']
export type WeightList = Schemas['WeightsList']
export type Limits = Schemas['Limits']
export type Problem = Schemas['Problem']

/** Values a translated error may need. */
export type ErrorParams = Readonly<Record<string, unknown>>

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export const isFinal = (job: Job): boolean => job.state !== 'queued' && job.state !== 'running'
