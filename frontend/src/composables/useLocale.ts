import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { setLocale, type Locale } from '@/locales'

export interface UseLocaleReturn {
  locale: ComputedRef<Locale>
  other: ComputedRef<Locale>
  choose: (locale: Locale) => void
}

/** The page's language; the choice is remembered and `<html lang>` follows. */
export function useLocale(): UseLocaleReturn {
  const i18n = useI18n({ useScope: 'global' })
  const locale = computed(() => i18n.locale.value as Locale)
  return {
    locale,
    other: computed(() => (locale.value === 'en' ? 'zh-CN' : 'en')),
    choose: setLocale,
  }
}
