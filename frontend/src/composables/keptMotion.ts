/** The engine a person chose for films and how it works, remembered for the next film and the next visit. */
import { DEFAULT_MOTION, type MotionChoices } from '@/api/animations'

const KEY = 'jiuying.motion'

const KNOWN = {
  engine: ['auto', 'builtin', 'first_order'],
  mode: ['best', 'fast'],
  manner: ['relative', 'absolute'],
  reach: ['face', 'driver'],
  rest: ['auto', 'first'],
} as const satisfies { [Name in keyof MotionChoices]: readonly MotionChoices[Name][] }

const NAMES = Object.keys(KNOWN) as (keyof MotionChoices)[]

/** The defaults, with what was remembered and still means something. */
export function recallMotion(storage: Pick<Storage, 'getItem'> = localStorage): MotionChoices {
  const kept = parse(storage.getItem(KEY))
  const known = NAMES.filter((name) => (KNOWN[name] as readonly unknown[]).includes(kept[name]))
  return { ...DEFAULT_MOTION, ...Object.fromEntries(known.map((name) => [name, kept[name]])) }
}

export function rememberMotion(
  choices: MotionChoices,
  storage: Pick<Storage, 'setItem'> = localStorage,
): void {
  storage.setItem(KEY, JSON.stringify(choices))
}

function parse(text: string | null): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(text ?? '{}')
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {}
  } catch {
    return {} // somebody else's, or cut short
  }
}
