/** The generated wire types (`npm run types`) under the names the page uses. */
import type { components } from './types'
import type { EngineModels, FaceWithLayer, LinksWithLayers } from './wireAhead'

export type { EngineModel, FaceLayer, Weight, WeightList } from './wireAhead'

type Schemas = components['schemas']

export type JobFace = Schemas['JobFace'] & FaceWithLayer
export type JobResult = Omit<Schemas['JobResult'], 'faces'> & { faces: JobFace[] }
export type Job = Omit<Schemas['Job'], 'result' | 'links'> & {
  result: JobResult | null
  links: Schemas['Job']['links'] & LinksWithLayers
}
export type JobState = Job['state']
export type CutPhoto = Schemas['CutPhoto']
export type Stage = NonNullable<Job['stage']>
export type Me = Schemas['Me']
export type Preset = Schemas['Preset']
export type PresetPreview = Schemas['PresetPreview']
export type Engine = Schemas['Engine'] & EngineModels
export type Limits = Schemas['Limits']
export type Problem = Schemas['Problem']

/** Values a translated error may need. */
export type ErrorParams = Readonly<Record<string, unknown>>

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export const isFinal = (job: Job): boolean => job.state !== 'queued' && job.state !== 'running'
