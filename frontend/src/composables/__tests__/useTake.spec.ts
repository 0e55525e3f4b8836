import { effectScope, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useTake } from '../useTake'
import { aCamera, aStream, FakeRecorder } from './cameraFakes'

let scope: EffectScope

function take(devices = aCamera()) {
  scope = effectScope()
  return scope.run(() => useTake({ devices, now: Date.now })) as ReturnType<typeof useTake>
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

describe('useTake', () => {
  it('counts down, records three seconds and has a clip', () => {
    const devices = aCamera()
    const { phase, count, fraction, clip, begin } = take(devices)
    begin(aStream())
    const counts: number[] = []
    for (let second = 0; second < 3; second += 1) {
      counts.push(count.value)
      expect(devices.recorders).toEqual([])
      vi.advanceTimersByTime(1000)
    }
    expect(counts).toEqual([3, 2, 1])
    expect(phase.value).toBe('recording')

    vi.advanceTimersByTime(1500)
    expect(fraction.value).toBeCloseTo(0.5, 1)
    expect(devices.recorders[0]?.state).toBe('recording')
    vi.advanceTimersByTime(1500)

    expect(phase.value).toBe('done')
    expect([clip.value?.name, clip.value?.type]).toEqual(['recording.webm', 'video/webm'])
  })

  it('names what Safari writes as it is', () => {
    const { clip, begin } = take(aCamera({}, () => new FakeRecorder('video/mp4;codecs=avc1')))
    begin(aStream())
    vi.advanceTimersByTime(6100)
    expect([clip.value?.name, clip.value?.type]).toEqual(['recording.mp4', 'video/mp4'])
  })

  it.each([500, 3500])('can be stopped after %i ms, and leaves nothing', (afterMs) => {
    const devices = aCamera()
    const { phase, clip, begin, reset } = take(devices)
    begin(aStream())
    vi.advanceTimersByTime(afterMs)
    reset()
    vi.advanceTimersByTime(10_000)
    expect([phase.value, clip.value]).toEqual(['ready', null])
    expect(devices.recorders.every(({ state }) => state === 'inactive')).toBe(true)
  })

  it('stops recording when its scope ends', () => {
    const devices = aCamera()
    const { begin } = take(devices)
    begin(aStream())
    vi.advanceTimersByTime(4000)
    scope.stop()
    expect(devices.recorders[0]?.state).toBe('inactive')
  })

  it('takes no clip from a camera that went away in between', () => {
    const devices = aCamera()
    const { phase, clip, begin } = take(devices)
    begin(aStream())
    vi.advanceTimersByTime(4000)
    devices.recorders[0]?.stop() // the browser does so when the last track ends
    expect([phase.value, clip.value]).toEqual(['failed', null])
  })

  it.each([
    ['writes nothing', () => new FakeRecorder('video/webm', '')],
    ['never ends', () => new FakeRecorder('video/webm', 'frames', true)],
    [
      'will not begin',
      () => {
        throw new DOMException('', 'InvalidStateError')
      },
    ],
  ])('says so when the recorder %s', (_, recorder) => {
    const { phase, begin } = take(aCamera({}, recorder))
    begin(aStream())
    vi.advanceTimersByTime(10_000)
    expect(phase.value).toBe('failed')
  })

  it('begins anew after a take', () => {
    const devices = aCamera()
    const { phase, clip, begin, reset } = take(devices)
    begin(aStream())
    vi.advanceTimersByTime(6100)
    reset()
    expect([phase.value, clip.value]).toEqual(['ready', null])
    begin(aStream())
    vi.advanceTimersByTime(6100)
    expect([phase.value, devices.recorders.length]).toEqual(['done', 2])
  })
})
