/** The two languages of the page. Both are in the bundle, so that changing over needs no server. */
import { shallowRef } from 'vue'
import { createI18n } from 'vue-i18n'
import elementEn from 'element-plus/es/locale/lang/en'
import elementZh from 'element-plus/es/locale/lang/zh-cn'
import type { Language } from 'element-plus/es/locale'
import en from './en.json'
import zh from './zh-CN.json'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: readonly Locale[] = ['zh-CN', 'en']
const STORAGE_KEY = 'jiuying.locale'

const ELEMENT_WORDS: Record<Locale, Language> = { 'zh-CN': elementZh, en: elementEn }

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
  missingWarn: false,
})

/** Element Plus's own words in the same language. */
export const elementLocale = shallowRef<Language>(elementZh)

export function preferredLocale(languages: readonly string[] = navigator.languages): Locale {
  const stored = readStored()
  if (stored) return stored
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh-CN'
    if (/^en\b/i.test(language)) return 'en'
  }
  return 'en'
}

/** Show the page in `locale` and remember it. */
export function setLocale(locale: Locale): void {
  showLocale(locale)
  localStorage.setItem(STORAGE_KEY, JSON.stringify(locale))
}

/** Show the page in `locale` for this visit. */
export function showLocale(locale: Locale): void {
  i18n.global.locale.value = locale
  elementLocale.value = ELEMENT_WORDS[locale]
  document.documentElement.lang = locale
}

function readStored(): Locale | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null')
    return LOCALES.find((locale) => locale === stored) ?? null
  } catch {
    return null
  }
}
