/** Zoom and pan of a picture in a window, by wheel, fingers, mouse and keys. */
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { useEventListener } from '@vueuse/core'
import {
  actualZoom,
  keepInside,
  pictureRect,
  WHOLE,
  zoomAt,
  type Rect,
  type Size,
  type View,
} from './zoomGeometry'

const STEP = 1.4
const PAN_STEP_PX = 60
/** A page that was scrolling goes on scrolling when the picture comes under the pointer. */
const SCROLL_REST_MS = 350

export interface UseZoomPanReturn {
  rect: ComputedRef<Rect>
  /** Screen pixels per picture pixel, in percent. */
  percent: ComputedRef<number>
  isZoomed: ComputedRef<boolean>
  zoomBy: (factor: number, x?: number, y?: number) => void
  panBy: (dx: number, dy: number) => void
  fit: () => void
  actual: () => void
  /** True when the key meant something here. */
  onKey: (event: KeyboardEvent) => boolean
  onWheel: (event: WheelEvent) => void
}

export function useZoomPan(picture: Readonly<Ref<Size>>, window_: Readonly<Ref<Size>>): UseZoomPanReturn {
  const view = shallowRef<View>(WHOLE)
  const scrolledAt = ref(-Infinity)
  useEventListener(window, 'scroll', (event) => (scrolledAt.value = event.timeStamp), { passive: true })
  const oneToOne = computed(() => actualZoom(picture.value, window_.value, window.devicePixelRatio || 1))

  function set(next: View): void {
    view.value = keepInside(next, picture.value, window_.value)
  }
  const zoomBy = (factor: number, x = 0, y = 0) => set(zoomAt(view.value, factor, x, y, oneToOne.value))
  const panBy = (dx: number, dy: number) =>
    set({ ...view.value, panX: view.value.panX + dx, panY: view.value.panY + dy })
  const fit = () => set(WHOLE)
  const actual = () => zoomBy(oneToOne.value / view.value.zoom)
  watch([window_, picture], () => set(view.value))

  function onKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    const pan: Record<string, [number, number]> = {
      ArrowLeft: [PAN_STEP_PX, 0],
      ArrowRight: [-PAN_STEP_PX, 0],
      ArrowUp: [0, PAN_STEP_PX],
      ArrowDown: [0, -PAN_STEP_PX],
    }
    const step = event.shiftKey ? pan[event.key] : undefined
    if (step) panBy(...step)
    else if (event.key === '+' || event.key === '=') zoomBy(STEP)
    else if (event.key === '-') zoomBy(1 / STEP)
    else if (event.key === '0') fit()
    else if (event.key === '1') actual()
    else return false
    return true
  }

  function onWheel(event: WheelEvent): void {
    const isPinch = event.ctrlKey // what browsers make of two fingers on a trackpad
    const leavesPage = event.timeStamp - scrolledAt.value < SCROLL_REST_MS
    const hasNothingToShrink = event.deltaY > 0 && view.value.zoom <= 1
    if (!isPinch && (leavesPage || hasNothingToShrink)) return
    event.preventDefault()
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect()
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 30 : event.deltaY
    const factor = Math.exp(-pixels * (isPinch ? 0.01 : 0.0022))
    zoomBy(factor, event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2)
  }

  return {
    rect: computed(() => pictureRect(picture.value, window_.value, view.value)),
    percent: computed(() => Math.round((100 * view.value.zoom) / oneToOne.value)),
    isZoomed: computed(() => view.value.zoom > 1.001),
    zoomBy,
    panBy,
    fit,
    actual,
    onKey,
    onWheel,
  }
}
