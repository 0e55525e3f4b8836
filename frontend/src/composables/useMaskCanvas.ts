/** The canvas of a mask that is painted: loaded with what was found, drawn on, and read at the end. */
import { onMounted, ref, type Ref, type ShallowRef } from 'vue'
import { copyMarks, drawStroke, emptyMarks, loadMarks, markedShare, marksPng } from './maskMarks'
import { useStrokes, type UseStrokesReturn } from './useStrokes'
import type { Size } from './zoomGeometry'

export interface UseMaskCanvasReturn extends UseStrokesReturn {
  state: Ref<'loading' | 'ready' | 'broken'>
  /** Of the picture that is marked, 0 to 1; counted when a stroke ends. */
  share: Ref<number>
  toPng: () => Promise<Blob>
}

/** `foundUrl`: the mask to start from; null = nothing is marked yet. */
export function useMaskCanvas(
  canvas: Readonly<ShallowRef<HTMLCanvasElement | null>>,
  size: Size,
  foundUrl: string | null,
): UseMaskCanvasReturn {
  const state = ref<'loading' | 'ready' | 'broken'>('loading')
  const share = ref(0)
  let found = emptyMarks({ width: 1, height: 1 })

  function count(): void {
    if (canvas.value) share.value = markedShare(canvas.value)
  }

  const painting = useStrokes({
    onDraw: (stroke, drawn) => canvas.value && drawStroke(canvas.value, stroke, drawn),
    onRedraw(strokes) {
      if (!canvas.value) return
      copyMarks(found, canvas.value)
      for (const stroke of strokes) drawStroke(canvas.value, stroke)
      count()
    },
  })

  onMounted(async () => {
    try {
      found = foundUrl ? await loadMarks(foundUrl) : emptyMarks(size)
    } catch {
      state.value = 'broken'
      return
    }
    state.value = 'ready'
    if (canvas.value) copyMarks(found, canvas.value)
    count()
  })

  return {
    ...painting,
    state,
    share,
    end() {
      painting.end()
      count()
    },
    toPng: () => marksPng(canvas.value ?? found),
  }
}
