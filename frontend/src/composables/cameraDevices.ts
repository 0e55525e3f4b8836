/** What recording needs of the browser, in one place, so that tests can bring a camera of their own. */

export interface CameraDevices {
  /** Browsers hide the camera from pages that come unencrypted from another machine. */
  isSecure: boolean
  /** A file's input opens the camera app: phones do that, over plain HTTP, too. */
  hasApp: boolean
  /** null where the browser has no camera to offer to a page. */
  open: (() => Promise<MediaStream>) | null
  /** null where the browser cannot record, or none of `TYPES`. */
  record: ((stream: MediaStream) => MediaRecorder) | null
}

/** The first one that the browser can write is taken. Safari has only the last. */
export const TYPES = [
  'video/webm;codecs=vp9',
  'video/webm;codecs=vp8',
  'video/webm',
  'video/mp4;codecs=avc1',
  'video/mp4',
] as const

/** A face needs no more than this; a clip of three seconds stays small. */
const BITS_PER_S = 2_500_000
const PICTURE: MediaTrackConstraints = {
  facingMode: 'user',
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30, max: 30 },
}

export function browserCamera(): CameraDevices {
  // not there on plain HTTP, whatever the types say
  const devices = navigator.mediaDevices as MediaDevices | undefined
  const type =
    typeof MediaRecorder === 'undefined' ? undefined : TYPES.find((one) => MediaRecorder.isTypeSupported(one))
  return {
    isSecure: window.isSecureContext,
    hasApp: 'capture' in HTMLInputElement.prototype,
    open: devices?.getUserMedia ? () => devices.getUserMedia({ video: PICTURE, audio: false }) : null,
    record: type
      ? (stream) => new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS_PER_S })
      : null,
  }
}
