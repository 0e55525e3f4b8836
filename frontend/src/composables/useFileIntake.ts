import { readonly, ref, type Ref } from 'vue'
import { useEventListener } from '@vueuse/core'

/** Files dropped or pasted anywhere on the page. `isOver` is true while files hang over it. */
export function useFileIntake(onFiles: (files: File[]) => void): { isOver: Readonly<Ref<boolean>> } {
  const isOver = ref(false)
  let depth = 0 // dragenter and dragleave come for every element on the way

  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  useEventListener(window, 'dragenter', (event) => {
    if (!carriesFiles(event)) return
    depth += 1
    isOver.value = true
  })
  useEventListener(window, 'dragleave', (event) => {
    if (!carriesFiles(event)) return
    depth = Math.max(0, depth - 1)
    isOver.value = depth > 0
  })
  useEventListener(window, 'dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault() // without this the browser opens the file itself
  })
  useEventListener(window, 'drop', (event) => {
    depth = 0
    isOver.value = false
    if (!carriesFiles(event)) return
    event.preventDefault()
    take(event.dataTransfer?.files)
  })
  // `paste` works on plain HTTP too, unlike navigator.clipboard.read.
  useEventListener(window, 'paste', (event) => take(event.clipboardData?.files))

  function take(files: FileList | undefined): void {
    if (files && files.length > 0) onFiles([...files])
  }
  return { isOver: readonly(isOver) }
}
