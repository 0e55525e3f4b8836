import { createPinia } from 'pinia'
import { describe, expect, it } from 'vitest'
import { mount } from '@vue/test-utils'
import { reactive } from 'vue'
import { DEFAULT_CHOICES } from '@/api/restorations'
import type { Photo } from '@/composables/usePhoto'
import { i18n, showLocale } from '@/locales'
import PhotoPanel from '../PhotoPanel.vue'

/** A restored photo, as far as the panel looks at it. */
function aPhoto(changes: object = {}): Photo {
  const prints = { isOffered: false, cutting: null }
  const choices = { ...DEFAULT_CHOICES }
  const blend = { faces: [], isChanged: false }
  const photo = { blend, name: 'Grandma', mediaId: 'm1', job: null, cutFrom: null, shownFilm: null }
  return reactive({ ...photo, prints, choices, canRestoreAgain: true, ...changes }) as unknown as Photo
}

/** The words on the buttons that stand out. */
function primaryOf(photo: Photo, isMarking = false): string[] {
  showLocale('en')
  const panel = mount(PhotoPanel, { props: { photo, isMarking }, global: { plugins: [i18n, createPinia()] } })
  return panel.findAll('.el-button--primary').map((button) => button.text())
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
})
