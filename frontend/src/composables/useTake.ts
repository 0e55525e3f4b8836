/** One take: count down, record three seconds, keep them in memory until they are used or done again. */
import { onScopeDispose, ref, shallowReadonly, shallowRef, type Ref, type ShallowRef } from 'vue'
import { browserCamera, type CameraDevices } from './cameraDevices'

export const TAKE_MS = 3000
const COUNT_FROM = 3
const COUNT_MS = 1000
const TICK_MS = 50
/** A recorder that never says it has ended (the camera was pulled out) is not waited for longer. */
const END_MS = 2000

export type TakePhase = 'ready' | 'counting' | 'recording' | 'ending' | 'done' | 'failed'

export interface UseTakeReturn {
  phase: Readonly<Ref<TakePhase>>
  /** 3, 2, 1 while `counting`. */
  count: Readonly<Ref<number>>
  /** 0..1 of the three seconds. */
  fraction: Readonly<Ref<number>>
  clip: Readonly<ShallowRef<File | null>>
  begin: (stream: MediaStream) => void
  /** Forget what there is of the take. */
  reset: () => void
}

export interface UseTakeOptions {
  devices?: CameraDevices
  now?: () => number
}

/** Must be called inside an effect scope; ending it forgets the take. */
export function useTake(options: UseTakeOptions = {}): UseTakeReturn {
  const devices = options.devices ?? browserCamera()
  const now = options.now ?? (() => performance.now())
  const phase = ref<TakePhase>('ready')
  const count = ref(COUNT_FROM)
  const fraction = ref(0)
  const clip = shallowRef<File | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let recorder: MediaRecorder | null = null

  function reset(): void {
    clearTimeout(timer)
    const earlier = recorder
    recorder = null // what it still says is not heard
    if (earlier && earlier.state !== 'inactive') earlier.stop()
    phase.value = 'ready'
    count.value = COUNT_FROM
    fraction.value = 0
    clip.value = null
  }

  function begin(stream: MediaStream): void {
    reset()
    phase.value = 'counting'
    const next = (): void => {
      timer = setTimeout(() => {
        if (count.value === 1) return record(stream)
        count.value -= 1
        next()
      }, COUNT_MS)
    }
    next()
  }

  function record(stream: MediaStream): void {
    const parts: Blob[] = []
    try {
      const mine = devices.record?.(stream) ?? null
      if (!mine) return fail()
      recorder = mine
      mine.ondataavailable = ({ data }) => data.size > 0 && parts.push(data)
      mine.onerror = () => recorder === mine && fail()
      mine.onstop = () => recorder === mine && finish(parts, mine.mimeType)
      mine.start()
    } catch {
      return fail() // the camera went away in this very moment
    }
    phase.value = 'recording'
    const startMs = now()
    const tick = (): void => {
      fraction.value = Math.min(1, (now() - startMs) / TAKE_MS)
      if (fraction.value < 1) timer = setTimeout(tick, TICK_MS)
      else end()
    }
    tick()
  }

  function end(): void {
    phase.value = 'ending'
    timer = setTimeout(fail, END_MS)
    if (recorder?.state !== 'inactive') recorder?.stop()
  }

  function finish(parts: readonly Blob[], mimeType: string): void {
    clearTimeout(timer)
    recorder = null
    // Stopped before its time: the camera was taken away.
    if (phase.value !== 'ending' || parts.length === 0) return fail()
    const type = mimeType.split(';')[0] ?? ''
    clip.value = new File([...parts], `recording.${type.endsWith('mp4') ? 'mp4' : 'webm'}`, { type })
    phase.value = 'done'
  }

  function fail(): void {
    reset()
    phase.value = 'failed'
  }

  onScopeDispose(reset)
  return { phase, count, fraction, clip: shallowReadonly(clip), begin, reset }
}
