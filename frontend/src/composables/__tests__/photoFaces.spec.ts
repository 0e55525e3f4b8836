import { describe, expect, it } from 'vitest'
import { facesText } from '@/api/animations'
import type { JobResult } from '@/api/wire'
import { facesOf } from '../photoFaces'
import { BY_FACE, OWN_CLIP, slugOf } from '../useFilm'
import { aFilmOf, aJob } from './builders'

describe('facesOf', () => {
  it('knows nothing before a film has told', () => {
    expect(facesOf(null)).toBeNull()
    expect(facesOf(aJob())).toBeNull()
  })

  it('knows nothing of a film from before the photo’s size was told', () => {
    const job = aFilmOf([[0, 0, 10, 10]])
    const result = { ...job.result, photo_width: null } as JobResult
    expect(facesOf({ ...job, result })).toBeNull()
  })

  it('counts the faces from the left, wherever the engine began', () => {
    const job = aFilmOf([
      [150, 20, 190, 60],
      [10, 20, 50, 60],
      [80, 20, 120, 60],
    ])
    expect(facesOf(job)?.map(({ id, side }) => [id, side])).toEqual([
      [1, 'left'],
      [2, 'middle'],
      [0, 'right'],
    ])
    expect(facesOf(job)?.[0]).toMatchObject({ left: 0.05, top: 0.2, width: 0.2, height: 0.4 })
  })

  it('leaves out faces that cannot move', () => {
    const job = aFilmOf([[10, 20, 50, 60]])
    const [face] = job.result?.faces ?? []
    if (face) face.note = 'profile'
    expect(facesOf(job)).toEqual([])
  })
})

describe('what moves a film', () => {
  it('is one text for one choice, in whatever order it was made', () => {
    expect(facesText({ 2: 'nod', 0: 'smile' })).toBe('0:smile,2:nod')
  })

  it('has one slug whatever it is', () => {
    expect(slugOf('nod')).toBe('nod')
    expect(slugOf(new File([], 'a.mp4'))).toBe(OWN_CLIP)
    expect(slugOf({ 1: 'nod' })).toBe(`${BY_FACE}1:nod`)
  })
})
