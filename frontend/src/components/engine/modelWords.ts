/** What the page calls a model: the server's names have dots, which the locales' keys cannot have. */
import { FACE_MODELS } from '@/api/restorations'

const isKnown = (model: string): boolean => (FACE_MODELS as readonly string[]).includes(model)

/** Under `faceModel` in the locales. */
export const modelKey = (model: string): string => model.replace('.', '')

/** Of an engine that animates by a network; which file, where it says. */
export function motionTitle(engine: string, model: string | null): string {
  const name = engine === 'first_order' ? 'First Order Motion' : engine
  return model === null ? name : `${name} (${model})`
}

/** As a person may have heard of it; the name of a file of one's own stays as it is. */
export function modelTitle(model: string | null): string {
  if (model === null) return 'GFPGAN'
  if (model === 'restoreformer') return 'RestoreFormer'
  return isKnown(model) ? `GFPGAN ${model}` : model
}
