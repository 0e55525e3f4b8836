import { describe, expect, it } from 'vitest'
import { poseFigure, sampleChannels, tellingFrame } from '../figurePose'

const numbers = (text: string): number[] => (text.match(/-?\d+(\.\d+)?/g) ?? []).map(Number)
/** The y of the upper lash line's control point. */
const lidY = (lash: string): number => numbers(lash)[3] ?? NaN
const slideX = (transform: string): number => numbers(transform)[0] ?? NaN
const slideY = (transform: string): number => numbers(transform)[1] ?? NaN

describe('sampleChannels', () => {
  const channels = { smile: [0, 1, 0, -1] }

  it('reads between two frames', () => {
    expect(sampleChannels(channels, 10, 0.05).smile).toBeCloseTo(0.5)
  })

  it('loops, from the last frame to the first too', () => {
    expect(sampleChannels(channels, 10, 0.35).smile).toBeCloseTo(-0.5)
    expect(sampleChannels(channels, 10, 0.5).smile).toBeCloseTo(1)
  })
})

describe('tellingFrame', () => {
  const smile = [0, 0.4, 0.8, 0.7, 0.6, 0]

  it('is where the expression is strongest', () => {
    expect(tellingFrame({ smile, pitch: [0, 0.1, 0.1, 0.1, 0, 0] }, 25)).toBe(2)
  })

  it('is never in a blink', () => {
    const blink = [0, 0, 1, 0.2, 0, 0]
    expect(tellingFrame({ smile, blink_left: blink, blink_right: blink }, 25)).toBe(4)
  })

  it('shows a wink', () => {
    expect(tellingFrame({ smile, blink_left: [0, 0, 0, 0, 1, 0] }, 25)).toBe(4)
  })

  it('shows eyes that stay shut', () => {
    const long = [0, ...Array<number>(20).fill(0.6), ...Array<number>(20).fill(0.5), 0]
    const shut = long.map((_, frame) => (frame > 15 && frame < 35 ? 1 : 0))
    expect(tellingFrame({ smile: long, blink_left: shut, blink_right: shut }, 25)).toBe(16)
  })

  it('is the first frame where nothing moves', () => {
    expect(tellingFrame({}, 25)).toBe(0)
    expect(tellingFrame({ smile: [0, 0] }, 25)).toBe(0)
  })
})

describe('poseFigure', () => {
  const still = poseFigure({})

  it('closes only the eye that blinks', () => {
    const pose = poseFigure({ blink_left: 1 })
    expect(lidY(pose.left.lash)).toBeGreaterThan(lidY(still.left.lash))
    expect(pose.right.lash).toBe(still.right.lash)
  })

  it('raises the lids when the eyes widen', () => {
    expect(lidY(poseFigure({ widen: 1 }).right.lash)).toBeLessThan(lidY(still.right.lash))
  })

  it('looks where the gaze goes', () => {
    const pose = poseFigure({ gaze_x: 1, gaze_y: -1 })
    expect(pose.left.irisX).toBeGreaterThan(still.left.irisX)
    expect(pose.left.irisY).toBeLessThan(still.left.irisY)
  })

  it('lifts the corners of the mouth when it smiles and drops them when it frowns', () => {
    const cornerY = (pose: ReturnType<typeof poseFigure>) => numbers(pose.cavity)[1] ?? NaN
    expect(cornerY(poseFigure({ smile: 1 }))).toBeLessThan(cornerY(still))
    expect(cornerY(poseFigure({ smile: -1 }))).toBeGreaterThan(cornerY(still))
  })

  it('opens the mouth downwards and lowers the chin with it', () => {
    const pose = poseFigure({ open: 0.9 })
    expect(Math.max(...numbers(pose.lowerLip))).toBeGreaterThan(Math.max(...numbers(still.lowerLip)))
    expect(Math.max(...numbers(pose.face))).toBeGreaterThan(Math.max(...numbers(still.face)))
  })

  it('narrows the mouth when it puckers', () => {
    const halfWidth = (pose: ReturnType<typeof poseFigure>) => 100 - (numbers(pose.cavity)[0] ?? NaN)
    expect(halfWidth(poseFigure({ pucker: 1 }))).toBeLessThan(halfWidth(still))
  })

  it('moves each brow by itself, up when raised and down when furrowed', () => {
    const archY = (path: string) => numbers(path)[3] ?? NaN
    const pose = poseFigure({ brow_left: 1, brow_right: -1 })
    expect(archY(pose.browLeft)).toBeLessThan(archY(still.browLeft))
    expect(archY(pose.browRight)).toBeGreaterThan(archY(still.browRight))
  })

  it('turns right on positive yaw, near parts farther than far ones', () => {
    const pose = poseFigure({ yaw: 0.3 })
    expect(slideX(pose.near)).toBeGreaterThan(slideX(pose.mid))
    expect(slideX(pose.mid)).toBeGreaterThan(slideX(pose.far))
    expect(slideX(pose.far)).toBeGreaterThan(0)
  })

  it('lowers the face on positive pitch', () => {
    expect(slideY(poseFigure({ pitch: 0.28 }).mid)).toBeGreaterThan(0)
  })

  it('tilts clockwise on positive roll, and moves and grows the head', () => {
    const pose = poseFigure({ roll: Math.PI / 18, shift_x: 0.5, scale: 0.1 })
    expect(pose.head).toContain('rotate(10 ')
    expect(pose.head).toContain('translate(22 0)')
    expect(pose.head).toContain('scale(1.11)')
  })

  it('raises the shoulders with the head, and not beyond them', () => {
    expect(slideY(poseFigure({ shift_y: -0.04 }).chest)).toBeLessThan(-3)
    expect(slideY(poseFigure({ shift_y: -0.5 }).chest)).toBe(-6)
  })

  it('shows teeth in a laugh and none in an "oh"', () => {
    const edgeY = (pose: ReturnType<typeof poseFigure>) => numbers(pose.teeth)[7] ?? NaN
    const topY = (pose: ReturnType<typeof poseFigure>) => numbers(pose.teeth)[3] ?? NaN
    const [laugh, oh] = [poseFigure({ smile: 0.6, open: 0.5 }), poseFigure({ open: 0.5 })]
    expect(edgeY(laugh) - topY(laugh)).toBeGreaterThan(4)
    expect(edgeY(oh)).toBe(topY(oh))
  })

  it('leaves the head alone in frame 0', () => {
    expect(still.head).toContain('rotate(0 ')
    expect(still.head).toContain('scale(1)')
  })
})
