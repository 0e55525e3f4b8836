import { computed, watchEffect, type ComputedRef } from 'vue'
import { usePreferredDark, useStorage } from '@vueuse/core'

export type Theme = 'auto' | 'light' | 'dark'
const ORDER: readonly Theme[] = ['auto', 'light', 'dark']

export interface UseThemeReturn {
  theme: ComputedRef<Theme>
  isDark: ComputedRef<boolean>
  /** auto → light → dark → auto */
  next: () => void
}

/** The chosen look, remembered; `public/theme.js` reads the same key before the first paint. */
export function useTheme(): UseThemeReturn {
  const stored = useStorage<Theme>('jiuying.theme', 'auto', undefined, { serializer: JSON_TEXT })
  const prefersDark = usePreferredDark()
  const theme = computed(() => (ORDER.includes(stored.value) ? stored.value : 'auto'))
  const isDark = computed(() => theme.value === 'dark' || (theme.value === 'auto' && prefersDark.value))
  watchEffect(() => {
    document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
  })
  return {
    theme,
    isDark,
    next: () => {
      stored.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'auto'
    },
  }
}

const JSON_TEXT = {
  read: (text: string) => JSON.parse(text) as Theme,
  write: (value: Theme) => JSON.stringify(value),
}
