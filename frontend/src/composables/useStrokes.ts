/** What has been painted, stroke by stroke, so that any of it can be taken back and put on again. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Point, Stroke } from './maskMarks'

export interface UseStrokesOptions {
  /** A stroke got longer; it had `drawn` points before. */
  onDraw: (stroke: Stroke, drawn: number) => void
  /** Strokes went or came back: everything has to be drawn anew. */
  onRedraw: (strokes: readonly Stroke[]) => void
}

export interface UseStrokesReturn {
  strokes: Readonly<ShallowRef<readonly Stroke[]>>
  canUndo: ComputedRef<boolean>
  canRedo: ComputedRef<boolean>
  begin: (tool: Stroke['tool'], widthPx: number, at: Point) => void
  /** Means nothing while no stroke has begun. */
  extend: (to: Point) => void
  end: () => void
  /** The stroke that has begun was none after all. */
  abort: () => void
  undo: () => void
  redo: () => void
}

export function useStrokes(options: UseStrokesOptions): UseStrokesReturn {
  const strokes = shallowRef<readonly Stroke[]>([])
  const undone = shallowRef<readonly Stroke[]>([])
  let current: Stroke | null = null

  function begin(tool: Stroke['tool'], widthPx: number, at: Point): void {
    end()
    current = { tool, widthPx, points: [at] }
    options.onDraw(current, 0)
  }

  function extend(to: Point): void {
    if (!current) return
    current.points.push(to)
    options.onDraw(current, current.points.length - 1)
  }

  function end(): void {
    if (!current) return
    strokes.value = [...strokes.value, current]
    undone.value = []
    current = null
  }

  function abort(): void {
    if (!current) return
    current = null
    options.onRedraw(strokes.value)
  }

  function undo(): void {
    end()
    const last = strokes.value.at(-1)
    if (!last) return
    strokes.value = strokes.value.slice(0, -1)
    undone.value = [...undone.value, last]
    options.onRedraw(strokes.value)
  }

  function redo(): void {
    const last = undone.value.at(-1)
    if (!last) return
    undone.value = undone.value.slice(0, -1)
    strokes.value = [...strokes.value, last]
    options.onRedraw(strokes.value)
  }

  return {
    strokes,
    canUndo: computed(() => strokes.value.length > 0),
    canRedo: computed(() => undone.value.length > 0),
    begin,
    extend,
    end,
    abort,
    undo,
    redo,
  }
}
