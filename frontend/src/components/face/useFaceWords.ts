/** A face in words: which one it is, and what is or becomes of it. */
import { useI18n } from 'vue-i18n'
import type { RestoredFace } from '@/composables/restoredFaces'
import type { FaceBlend } from '@/composables/useFaceBlend'

export interface UseFaceWordsReturn {
  /** `index`: from the left, beginning with 0. */
  nameOf: (face: RestoredFace, index: number, count: number) => string
  stateOf: (face: RestoredFace, blend: FaceBlend) => string
}

export function useFaceWords(): UseFaceWordsReturn {
  const { t, te } = useI18n()
  return {
    nameOf: ({ side }, index, count) =>
      t('faces.face', { number: index + 1, count, side: t(`faces.${side}`) }),
    stateOf(face, blend) {
      const { obstacle } = face
      if (obstacle !== null) {
        const key = te(`faceNote.${obstacle}`) ? `faceNote.${obstacle}` : 'faceNote.other'
        return t('blend.cannot', { why: t(key) })
      }
      if (blend.isLeft(face)) return t('blend.left')
      return t(blend.isAwaited(face) ? 'blend.awaited' : 'blend.restored')
    },
  }
}
