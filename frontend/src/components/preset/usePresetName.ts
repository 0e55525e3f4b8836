import { useI18n } from 'vue-i18n'
import { useHouseStore } from '@/stores/house'
import { BY_FACE, OWN_CLIP } from '@/composables/useFilm'

/** A preset's name in the page's language. */
export function usePresetName(): (slug: string) => string {
  const { t, locale } = useI18n({ useScope: 'global' })
  const house = useHouseStore()
  return (slug) => {
    if (slug === OWN_CLIP) return t('animate.ownClip')
    if (slug.startsWith(BY_FACE)) return t('faces.film')
    const names = house.presets.find((preset) => preset.slug === slug)?.names
    return (locale.value === 'en' ? names?.en : names?.zh) ?? slug
  }
}
