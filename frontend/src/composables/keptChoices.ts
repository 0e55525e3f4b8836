/** The engine a person chose and how it works, remembered for the next photo and the next visit. */
import { DEFAULT_CHOICES, FACE_MODELS, type RestoreChoices } from '@/api/restorations'
import type { Job } from '@/api/wire'

const KEY = 'jiuying.engine'

/** What belongs to the photo at hand (scratches, colour, size) is chosen anew for each. */
const KEPT = {
  engine: ['auto', 'builtin', 'gfpgan'],
  model: ['auto', ...FACE_MODELS],
  mode: ['best', 'fast'],
  rest: ['gfpgan', 'realesrgan', 'keep'],
} as const satisfies { [Name in keyof RestoreChoices]?: readonly RestoreChoices[Name][] }

type KeptName = keyof typeof KEPT
const NAMES = Object.keys(KEPT) as KeptName[]

/** The defaults, with what was remembered and still means something. */
export function recallChoices(storage: Pick<Storage, 'getItem'> = localStorage): RestoreChoices {
  const kept = parse(storage.getItem(KEY))
  const known = NAMES.filter((name) => (KEPT[name] as readonly unknown[]).includes(kept[name]))
  return { ...DEFAULT_CHOICES, ...Object.fromEntries(known.map((name) => [name, kept[name]])) }
}

export function rememberChoices(
  choices: RestoreChoices,
  storage: Pick<Storage, 'setItem'> = localStorage,
): void {
  storage.setItem(KEY, JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, choices[name]]))))
}

/** The choices that a restoration by `gfpgan` was made with, and by the same model: to make it once more. */
export function choicesOf(asked: Job['options'], usedModel: string | null = null): RestoreChoices {
  const { scratches, colour, upscale, mode, scope, background } = asked
  const model = FACE_MODELS.find((name) => name === usedModel)
  const rest = scope === 'faces' || background === 'none' ? 'keep' : background
  const told = Object.entries({ scratches, colour, upscale, model, mode, rest }).filter(
    ([, value]) => typeof value === 'string',
  )
  return { ...DEFAULT_CHOICES, ...Object.fromEntries(told), engine: 'gfpgan' }
}

function parse(text: string | null): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(text ?? '{}')
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {}
  } catch {
    return {} // somebody else's, or cut short
  }
}
