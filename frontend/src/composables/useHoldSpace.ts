import { ref, type Ref } from 'vue'
import { useEventListener } from '@vueuse/core'

/** Where the space bar means something already. */
const TAKEN = 'button, a, input, textarea, select, summary, video, [role="dialog"]'

/**
 * True while the space bar is held anywhere on the page, unless it means something where the focus is.
 * `isOurs` names elements that would take the key but should not.
 */
export function useHoldSpace(isOurs: (target: Element) => boolean): Ref<boolean> {
  const isHeld = ref(false)
  useEventListener(window, 'keydown', (event) => {
    const target = event.target instanceof Element ? event.target : null
    if (event.code !== 'Space' || (target && !isOurs(target) && target.closest(TAKEN))) return
    event.preventDefault()
    isHeld.value = true
  })
  useEventListener(window, 'keyup', (event) => {
    if (event.code === 'Space') isHeld.value = false
  })
  useEventListener(window, 'blur', () => (isHeld.value = false))
  return isHeld
}
