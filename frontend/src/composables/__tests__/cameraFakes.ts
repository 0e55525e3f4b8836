import type { CameraDevices } from '../cameraDevices'

/** A track whose light one can look at, and whose cable one can pull. */
export class FakeTrack extends EventTarget {
  isOn = true
  stop(): void {
    this.isOn = false
  }
  pull(): void {
    this.isOn = false
    this.dispatchEvent(new Event('ended'))
  }
}

export interface FakeStream extends MediaStream {
  track: FakeTrack
}

export function aStream(): FakeStream {
  const track = new FakeTrack()
  const fakes = { track, getTracks: () => [track], getVideoTracks: () => [track] }
  return Object.assign(new MediaStream(), fakes) as unknown as FakeStream
}

/** A recorder that writes one part when it is stopped, as browsers do without a time slice. */
export class FakeRecorder {
  state: RecordingState = 'inactive'
  ondataavailable: ((event: { data: Blob }) => void) | null = null
  onstop: (() => void) | null = null
  onerror: (() => void) | null = null
  constructor(
    readonly mimeType = 'video/webm;codecs=vp9',
    readonly content = 'frames',
    private readonly neverEnds = false,
  ) {}
  start(): void {
    this.state = 'recording'
  }
  stop(): void {
    this.state = 'inactive'
    if (this.neverEnds) return
    this.ondataavailable?.({ data: new Blob(this.content ? [this.content] : []) })
    this.onstop?.()
  }
}

/** A camera that opens at once, changed as a test needs it. */
export function aCamera(
  changes: Partial<CameraDevices> = {},
  recorder: () => FakeRecorder = () => new FakeRecorder(),
): CameraDevices & { opened: FakeStream[]; recorders: FakeRecorder[] } {
  const opened: FakeStream[] = []
  const recorders: FakeRecorder[] = []
  return {
    isSecure: true,
    hasApp: false,
    open: () => {
      const stream = aStream()
      opened.push(stream)
      return Promise.resolve(stream)
    },
    record: () => {
      const made = recorder()
      recorders.push(made)
      return made as unknown as MediaRecorder
    },
    opened,
    recorders,
    ...changes,
  }
}
