import { ref, type Ref } from 'vue'
import { useStorage } from '@vueuse/core'

export interface UseConsentReturn {
  isAsking: Ref<boolean>
  /** Runs `action` now if consent was given before, else after the person has given it. */
  withConsent: (action: () => void) => void
  give: () => void
  refuse: () => void
}

/** Consent to animate a person: asked once on this device, and kept here with the time it was given. */
export function useConsent(): UseConsentReturn {
  const givenAt = useStorage<string>('jiuying.consent', '')
  const isAsking = ref(false)
  let waiting: (() => void) | null = null
  return {
    isAsking,
    withConsent(action) {
      if (givenAt.value) return action()
      waiting = action
      isAsking.value = true
    },
    give() {
      givenAt.value = new Date().toISOString()
      isAsking.value = false
      waiting?.()
      waiting = null
    },
    refuse() {
      isAsking.value = false
      waiting = null
    },
  }
}
