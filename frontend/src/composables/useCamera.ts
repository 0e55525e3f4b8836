/** The camera of this device, from asking for it to putting it out; its light never stays on. */
import { onScopeDispose, ref, shallowReadonly, shallowRef, type Ref, type ShallowRef } from 'vue'
import { browserCamera, type CameraDevices } from './cameraDevices'

/** Why there is no picture; each has its own advice. */
export type CameraTrouble = 'insecure' | 'unsupported' | 'denied' | 'missing' | 'busy' | 'lost' | 'other'
export type CameraState = 'off' | 'asking' | 'live' | 'trouble'

export interface UseCameraReturn {
  state: Readonly<Ref<CameraState>>
  trouble: Readonly<Ref<CameraTrouble | null>>
  stream: Readonly<ShallowRef<MediaStream | null>>
  /** Ask for the camera; the browser asks the person. */
  start: () => Promise<void>
  stop: () => void
}

/** What browsers call the same things; older names of Chrome and Firefox among them. */
const TROUBLES: Readonly<Record<string, CameraTrouble>> = {
  NotAllowedError: 'denied',
  PermissionDeniedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  DevicesNotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
}

/** Must be called inside an effect scope; ending it puts the camera out. */
export function useCamera(devices: CameraDevices = browserCamera()): UseCameraReturn {
  const state = ref<CameraState>('off')
  const trouble = ref<CameraTrouble | null>(null)
  const stream = shallowRef<MediaStream | null>(null)
  let asked = 0 // an answer to an earlier question, or after closing, is not wanted any more

  function fail(why: CameraTrouble): void {
    stop()
    trouble.value = why
    state.value = 'trouble'
  }

  function stop(): void {
    asked += 1
    if (stream.value) putOut(stream.value)
    stream.value = null
    trouble.value = null
    state.value = 'off'
  }

  async function start(): Promise<void> {
    stop()
    const mine = asked
    if (!devices.isSecure) return fail('insecure')
    if (!devices.open || !devices.record) return fail('unsupported')
    state.value = 'asking'
    try {
      const opened = await devices.open()
      if (mine !== asked) return putOut(opened)
      stream.value = opened
      state.value = 'live'
      // unplugged, or taken back in the browser's settings
      for (const track of opened.getVideoTracks()) track.addEventListener('ended', () => ended(opened))
    } catch (cause) {
      if (mine !== asked) return
      fail(TROUBLES[nameOf(cause)] ?? 'other')
    }
  }

  function ended(of: MediaStream): void {
    if (stream.value === of) fail('lost')
  }

  onScopeDispose(stop)
  return {
    state,
    trouble,
    stream: shallowReadonly(stream),
    start,
    stop,
  }
}

function putOut(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function nameOf(cause: unknown): string {
  return cause instanceof Error || cause instanceof DOMException ? cause.name : ''
}
