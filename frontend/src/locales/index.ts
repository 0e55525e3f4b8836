/** The two languages of the page. Messages are loaded one language at a time. */
import { shallowRef } from 'vue'
import { createI18n } from 'vue-i18n'
import en from 'element-plus/es/locale/lang/en'
import type { Language } from 'element-plus/es/locale'

export type Locale = 'zh-CN' | 'en'
export const LOCALES: readonly Locale[] = ['zh-CN', 'en']
const STORAGE_KEY = 'jiuying.locale'

const loaders = {
  'zh-CN': () => Promise.all([import('./zh-CN.json'), import('element-plus/es/locale/lang/zh-cn')]),
  en: () => Promise.all([import('./en.json'), { default: en }]),
}

export const i18n = createI18n({ legacy: false, locale: 'zh-CN', messages: {}, missingWarn: false })

/** Element Plus's own words in the same language. */
export const elementLocale = shallowRef<Language>(en)

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
export async function setLocale(locale: Locale): Promise<void> {
  await useLocaleMessages(locale)
  localStorage.setItem(STORAGE_KEY, JSON.stringify(locale))
}

/** Show the page in `locale` for this visit. */
export async function useLocaleMessages(locale: Locale): Promise<void> {
  const [messages, element] = await loaders[locale]()
  i18n.global.setLocaleMessage(locale, messages.default)
  i18n.global.locale.value = locale
  elementLocale.value = element.default
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
