import { useI18n } from 'vue-i18n'
import { useHouseStore } from '@/stores/house'
import { useExpressionsStore } from '@/stores/expressions'
import { BY_EXPRESSION, BY_FACE, OWN_CLIP } from '@/composables/useFilm'

/** A preset's name in the page's language. */
export function usePresetName(): (slug: string) => string {
  const { t, locale } = useI18n({ useScope: 'global' })
  const house = useHouseStore()
  const expressions = useExpressionsStore()
  return (slug) => {
    if (slug === OWN_CLIP) return t('animate.ownClip')
    if (slug.startsWith(BY_FACE)) return t('faces.film')
    if (slug.startsWith(BY_EXPRESSION)) {
      const kept = expressions.items.find(({ id }) => id === slug.slice(BY_EXPRESSION.length))
      return kept?.name ?? t('animate.ownClip')
    }
    const names = house.presets.find((preset) => preset.slug === slug)?.names
    return (locale.value === 'en' ? names?.en : names?.zh) ?? slug
  }
}
