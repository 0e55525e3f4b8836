import { readonly, ref, watch, type Ref } from 'vue'
import { useRafFn } from '@vueuse/core'

/** Seconds that run while `isRunning` and are 0 otherwise: the clock of a drawn figure. */
export function useLoopTime(isRunning: Readonly<Ref<boolean>>): Readonly<Ref<number>> {
  const timeS = ref(0)
  let startMs: number | null = null
  const { pause, resume } = useRafFn(
    ({ timestamp }) => {
      startMs ??= timestamp
      timeS.value = (timestamp - startMs) / 1000
    },
    { immediate: false, fpsLimit: 30 },
  )
  watch(
    isRunning,
    (running) => {
      startMs = null
      timeS.value = 0
      if (running) resume()
      else pause()
    },
    { immediate: true },
  )
  return readonly(timeS)
}
