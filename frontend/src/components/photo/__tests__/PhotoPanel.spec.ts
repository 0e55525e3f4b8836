import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { mount } from '@vue/test-utils'
import { effectScope, reactive, ref } from 'vue'
import { DEFAULT_CHOICES } from '@/api/restorations'
import { aFace, aRestorationOf } from '@/composables/__tests__/builders'
import { useFaceBlend } from '@/composables/useFaceBlend'
import type { Photo } from '@/composables/usePhoto'
import { i18n, showLocale } from '@/locales'
import PhotoPanel from '../PhotoPanel.vue'

/** A restored photo, as far as the panel looks at it. */
function aPhoto(changes: object = {}): Photo {
  const prints = { isOffered: false, cutting: null }
  const choices = { ...DEFAULT_CHOICES }
  const blend = { faces: [], isChanged: false }
  const photo = { blend, name: 'Grandma', mediaId: 'm1', job: null, cutFrom: null, shownFilm: null }
  return reactive({
    ...photo,
    prints,
    choices,
    canRestoreAgain: true,
    isBusy: false,
    ...changes,
  }) as unknown as Photo
}

function aPanel(photo: Photo, isMarking = false) {
  showLocale('en')
  return mount(PhotoPanel, { props: { photo, isMarking }, global: { plugins: [i18n, createPinia()] } })
}

/** The words on the buttons that stand out. */
function primaryOf(photo: Photo, isMarking = false): string[] {
  return aPanel(photo, isMarking)
    .findAll('.el-button--primary')
    .map((button) => button.text())
}

describe('PhotoPanel', () => {
  it('puts saving the photo first', () => {
    expect(primaryOf(aPhoto())).toEqual(['Download photo'])
  })

  it('puts saving the film first while one is looked at', () => {
    expect(primaryOf(aPhoto({ shownFilm: { mediaId: 'f1' } }))).toEqual(['Download film'])
  })

  it('lets an offered print and the marking of damage come first', () => {
    expect(primaryOf(aPhoto({ prints: { isOffered: true, cutting: null } }))).toEqual([])
    expect(primaryOf(aPhoto(), true)).toEqual([])
  })

  it('lets faces that are not saved yet come first', () => {
    expect(primaryOf(aPhoto({ blend: { faces: [], isChanged: true } }))).toEqual([])
  })

  it('has no faces to choose while damage is marked: saving them would throw away what is painted', () => {
    const blend = effectScope().run(() =>
      useFaceBlend({ job: ref(aRestorationOf([aFace()])), mediaId: ref('m1'), onSave: () => undefined }),
    )
    expect(aPanel(aPhoto({ blend })).find('.faces').exists()).toBe(true)
    expect(aPanel(aPhoto({ blend }), true).find('.faces').exists()).toBe(false)
  })
})
