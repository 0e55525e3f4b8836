import { describe, expect, it } from 'vitest'
import { poseFigure, sampleChannels } from '../figurePose'

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

  it('leaves the head alone in frame 0', () => {
    expect(still.head).toContain('rotate(0 ')
    expect(still.head).toContain('scale(1)')
  })
})
