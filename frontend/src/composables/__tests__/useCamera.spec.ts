import { effectScope, type EffectScope } from 'vue'
import { afterEach, describe, expect, it } from 'vitest'
import type { CameraDevices } from '../cameraDevices'
import { useCamera } from '../useCamera'
import { aCamera, aStream } from './cameraFakes'

let scope: EffectScope

function camera(devices: CameraDevices) {
  scope = effectScope()
  return scope.run(() => useCamera(devices)) as ReturnType<typeof useCamera>
}

afterEach(() => scope.stop())

describe('useCamera', () => {
  it('shows the picture of the camera', async () => {
    const devices = aCamera()
    const { state, stream, start } = camera(devices)
    const starting = start()
    expect(state.value).toBe('asking')
    await starting
    expect([state.value, stream.value]).toEqual(['live', devices.opened[0]])
  })

  it('puts the light out when it is stopped, and when its scope ends', async () => {
    const devices = aCamera()
    const { state, start, stop } = camera(devices)
    await start()
    stop()
    expect([state.value, devices.opened[0]?.track.isOn]).toEqual(['off', false])
    await start()
    scope.stop()
    expect(devices.opened[1]?.track.isOn).toBe(false)
  })

  it('puts out a camera that opens after nobody wants it any more', async () => {
    const late = aStream()
    let answer: (stream: MediaStream) => void = () => undefined
    const { state, start } = camera(
      aCamera({ open: () => new Promise<MediaStream>((resolve) => (answer = resolve)) }),
    )
    const starting = start()
    scope.stop()
    answer(late)
    await starting
    expect([state.value, late.track.isOn]).toEqual(['off', false])
  })

  it('never has two cameras open', async () => {
    const devices = aCamera()
    const { start } = camera(devices)
    await start()
    await start()
    expect(devices.opened.map(({ track }) => track.isOn)).toEqual([false, true])
  })

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['SomethingNewError', 'other'],
  ])('tells what %s means', async (name, expected) => {
    const { state, trouble, start } = camera(
      aCamera({ open: () => Promise.reject(new DOMException('', name)) }),
    )
    await start()
    expect([state.value, trouble.value]).toEqual(['trouble', expected])
  })

  it('says that the page is not encrypted before it says that there is no camera', async () => {
    const { trouble, start } = camera(aCamera({ isSecure: false, open: null }))
    await start()
    expect(trouble.value).toBe('insecure')
  })

  it.each([{ open: null }, { record: null }])('says that a browser cannot record: %o', async (lack) => {
    const devices = aCamera(lack)
    const { trouble, start } = camera(devices)
    await start()
    expect(trouble.value).toBe('unsupported')
    expect(devices.opened).toEqual([]) // nobody is asked for what would be of no use
  })

  it('notices a camera that is pulled out, and starts again', async () => {
    const devices = aCamera()
    const { state, trouble, start } = camera(devices)
    await start()
    devices.opened[0]?.track.pull()
    expect([state.value, trouble.value]).toEqual(['trouble', 'lost'])
    await start()
    expect([state.value, trouble.value]).toEqual(['live', null])
  })
})
