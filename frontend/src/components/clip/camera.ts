/** Where a test puts a camera of its own in place of the browser's. */
import type { InjectionKey } from 'vue'
import type { CameraDevices } from '@/composables/cameraDevices'

export const CAMERA: InjectionKey<CameraDevices> = Symbol('camera')
