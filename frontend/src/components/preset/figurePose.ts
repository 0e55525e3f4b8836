/**
 * Where the lines of our drawn face go for one frame of a preset: pure arithmetic, so that it can be tested.
 *
 * Channels and units are those of backend/engines/builtin/animation/coefficients.py. The drawing is 200 × 240;
 * D, the distance between its eyes, is 44 of these units. Left and right are the picture's.
 */

export type Channels = Readonly<Record<string, readonly number[]>>
export type Sample = Readonly<Record<string, number>>

const D = 44
const EYE_Y = 104
const MOUTH_Y = 144
const NECK = { x: 100, y: 176 }
const CHEST = 2.4 // of the head's own way: a breath has to be seen at the size of a stamp
const CHEST_MOST = 6
const LEAST_TELLING = 0.05
const LONGER_THAN_A_BLINK_S = 0.44

export interface EyePose {
  /** The opening between the lids. */
  opening: string
  /** The upper lash line. */
  lash: string
  irisX: number
  irisY: number
}

export interface FigurePose {
  head: string
  /** The shoulders rise with a breath. */
  chest: string
  /** How far parts slide when the head turns; the nearer, the farther. */
  near: string
  mid: string
  far: string
  left: EyePose
  right: EyePose
  browLeft: string
  browRight: string
  cavity: string
  teeth: string
  upperLip: string
  lowerLip: string
  face: string
}

/** The channels at `timeS`, between two frames where it falls between them; the curve loops. */
export function sampleChannels(channels: Channels, fps: number, timeS: number): Sample {
  const sample: Record<string, number> = {}
  for (const [name, values] of Object.entries(channels)) {
    if (values.length === 0) continue
    const at = (timeS * fps) % values.length
    const before = Math.floor(at)
    const a = values[before] ?? 0
    const b = values[(before + 1) % values.length] ?? 0
    sample[name] = a + (b - a) * (at - before)
  }
  return sample
}

/** The frame furthest from rest: never in a blink, but a wink and eyes that stay shut count. */
export function tellingFrame(channels: Channels, fps: number): number {
  const count = Math.max(0, ...Object.values(channels).map((values) => values.length))
  const moving = Object.entries(channels)
    .filter(([name]) => !name.startsWith('blink'))
    .map(([, values]) => ({ values, most: Math.max(...values.map(Math.abs)) }))
    .filter(({ most }) => most > LEAST_TELLING)
  const [left, right] = [channels.blink_left ?? [], channels.blink_right ?? []]
  const shut = Array.from({ length: count }, (_, frame) => Math.min(left[frame] ?? 0, right[frame] ?? 0))
  const reach = Math.round((LONGER_THAN_A_BLINK_S * fps) / 2)
  const staysShut = around(around(shut, reach, Math.min), reach, Math.max)
  const amounts = shut.map((both, frame) => {
    const wink = Math.max(0, Math.abs((left[frame] ?? 0) - (right[frame] ?? 0)) - 0.5)
    const lids = 2 * wink + 4 * (staysShut[frame] ?? 0) - 3 * both
    return moving.reduce(
      (sum, { values, most }) => sum + (Math.abs(values[frame] ?? 0) / most) * Math.min(1, 4 * most),
      lids,
    )
  })
  return Math.max(0, amounts.indexOf(Math.max(...amounts)))
}

/** `pick` of each value and its neighbours up to `reach` away. */
function around(values: readonly number[], reach: number, pick: typeof Math.min): number[] {
  return values.map((_, at) => pick(...values.slice(Math.max(0, at - reach), at + reach + 1)))
}

export function poseFigure(sample: Sample): FigurePose {
  const get = (name: string): number => sample[name] ?? 0
  const turnX = Math.sin(get('yaw')) * D * 1.15
  const turnY = Math.sin(get('pitch')) * D * 1.1
  const degrees = (get('roll') * 180) / Math.PI
  const size = Math.exp(get('scale'))
  const slide = (depth: number): string => `translate(${r(turnX * depth)} ${r(turnY * depth)})`
  return {
    head:
      `translate(${r(get('shift_x') * D)} ${r(get('shift_y') * D)}) rotate(${r(degrees)} ${NECK.x} ${NECK.y}) ` +
      `translate(${NECK.x} ${NECK.y}) scale(${r(size)}) translate(${-NECK.x} ${-NECK.y})`,
    chest: `translate(0 ${r(Math.min(Math.max(get('shift_y') * D * CHEST, -CHEST_MOST), CHEST_MOST))})`,
    near: slide(1.35),
    mid: slide(1),
    far: slide(0.35),
    left: poseEye(78, get('blink_left'), get),
    right: poseEye(122, get('blink_right'), get),
    browLeft: brow(78, -1, get('brow_left')),
    browRight: brow(122, 1, get('brow_right')),
    ...poseMouth(get),
    face: faceOutline(get('open'), turnY),
  }
}

function poseEye(x: number, blink: number, get: (name: string) => number): EyePose {
  const squint = Math.max(0, get('smile')) * 1.6
  const openUpper = -17 - get('widen') * 6 // a control point: the lid itself reaches half as far
  const lower = 9 - squint * 2
  const upper = openUpper + (lower - openUpper) * Math.min(Math.max(blink, 0), 1)
  const [from, to] = [x - 12, x + 12]
  return {
    opening: `M${from} ${EYE_Y}Q${x} ${r(EYE_Y + upper)} ${to} ${EYE_Y}Q${x} ${r(EYE_Y + lower)} ${from} ${EYE_Y}Z`,
    lash: `M${from - 1} ${EYE_Y}Q${x} ${r(EYE_Y + upper)} ${to + 1} ${EYE_Y}`,
    irisX: r(x + get('gaze_x') * 5),
    irisY: r(EYE_Y - 2 + get('gaze_y') * 3),
  }
}

/** `side` is -1 for the left brow: its inner end is on its right. */
function brow(x: number, side: -1 | 1, lift: number): string {
  const frown = Math.max(0, -lift)
  const raise = Math.max(0, lift)
  const innerX = x - side * (12 + frown * 2)
  const innerY = EYE_Y - 16 + frown * 6 - raise * 6
  const outerX = x + side * 16
  const outerY = EYE_Y - 15 + frown * 1.5 - raise * 5
  const archY = EYE_Y - 27 + frown * 6 - raise * 9
  return `M${r(innerX)} ${r(innerY)}Q${r(x + side * 4)} ${r(archY)} ${r(outerX)} ${r(outerY)}`
}

function poseMouth(
  get: (name: string) => number,
): Pick<FigurePose, 'cavity' | 'teeth' | 'upperLip' | 'lowerLip'> {
  const smile = get('smile')
  const half = (15 + smile * (smile > 0 ? 5 : 1)) * (1 - get('pucker') * 0.42)
  const cornerY = MOUTH_Y - smile * (smile > 0 ? 5 : 8) // a drawn frown is lost sooner than a smile
  const gap = get('open') * 24
  const middleY = MOUTH_Y + smile * 2
  const full = 3.4 + get('pucker') * 2
  const [a, b] = [r(100 - half), r(100 + half)]
  const top = r(middleY - gap * 0.22)
  const bottom = r(middleY + gap * 1.5)
  const bow = r(middleY - gap * 0.22 - full * 1.7)
  const c = r(cornerY)
  const edge = r(middleY - gap * 0.22 + Math.max(0, smile) * gap * 0.9) // a laugh shows the teeth, an "oh" does not
  return {
    cavity: `M${a} ${c}Q100 ${top} ${b} ${c}Q100 ${bottom} ${a} ${c}Z`,
    teeth: `M${a} ${c}Q100 ${top} ${b} ${c}Q100 ${edge} ${a} ${c}Z`,
    upperLip: `M${a} ${c}Q${r(100 - half * 0.4)} ${bow} 100 ${r(bow + 1.6)}Q${r(100 + half * 0.4)} ${bow} ${b} ${c}Q100 ${top} ${a} ${c}Z`,
    lowerLip: `M${a} ${c}Q100 ${bottom} ${b} ${c}Q100 ${r(bottom + full * 2.6)} ${a} ${c}Z`,
  }
}

function faceOutline(open: number, turnY: number): string {
  const chin = r(172 + open * 9 + turnY * 0.3)
  const jaw = r(150 + open * 5)
  return `M55 100C55 56 145 56 145 100C147 ${jaw - 18} 132 ${jaw + 6} 116 ${chin - 5}Q100 ${chin + 6} 84 ${chin - 5}C68 ${jaw + 6} 53 ${jaw - 18} 55 100Z`
}

/** Two decimals are finer than a pixel. */
function r(value: number): number {
  return Math.round(value * 100) / 100
}
