import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises, mount } from '@vue/test-utils'
import { keepExpression } from '@/api/expressions'
import { ApiError } from '@/api/http'
import type { JobResult } from '@/api/wire'
import { aJob, aResult } from '@/composables/__tests__/builders'
import { OWN_CLIP, type Film } from '@/composables/useFilm'
import { i18n, showLocale } from '@/locales'
import FilmPanel from '../FilmPanel.vue'

vi.mock('@/api/expressions', { spy: true })

const QUALITY = {
  identity_change: 0.04,
  jitter: 2.5,
  flicker: null,
  seam: 1.24,
  outside: 0,
  loop: null,
  start: null,
}

function panel(changes: Partial<JobResult> = {}, preset = OWN_CLIP) {
  const result = aResult({ width: 640, height: 480, fps: 25, frames: 75, ...changes })
  const film = { jobId: 'film-1', preset, job: aJob({ kind: 'animate', state: 'succeeded', result }) }
  return mount(FilmPanel, { props: { film: film as unknown as Film }, global: { plugins: [i18n] } })
}

beforeEach(() => {
  showLocale('en')
  setActivePinia(createPinia())
})

describe('FilmPanel', () => {
  it('says who made the film, how large and how long it is', () => {
    expect(panel().get('.facts').text()).toBe('Made by Built-in engine · 640 × 480 px · 3.0 s')
    const network = { engine: 'first_order', model: 'vox-cpk' }
    expect(panel(network).get('.facts').text()).toContain('Made by First Order Motion (vox-cpk)')
  })

  it('tells what was done, and what to know, apart', () => {
    const page = panel({ notes: ['clip_trimmed', 'clip_shaky', 'not_a_known_code'] })
    expect(page.findAll('li')).toHaveLength(2)
    expect(page.findAll('li .caution')).toHaveLength(1)
  })

  it('grades what was measured and keeps the numbers aside', () => {
    const report = panel({ quality: QUALITY }).get('.report')
    expect(report.get('summary').text()).toBe('How good is this film? flaws show')
    const rows = report.findAll('li').map((row) => row.get('.line').text())
    expect(rows).toEqual(['Likenessvery good', 'Edgesgood', 'Calm motionflaws show', 'Backgroundvery good'])
    expect(report.text()).toContain('The face trembles a little. A steadier clip helps.')
    expect(report.findAll('li')[1]?.text()).toContain('Only somebody who looks for it')
    expect(report.get('dl').text()).toContain('2.50 px of 256')
  })

  it('asks nobody for another clip who gave none', () => {
    const report = panel({ quality: QUALITY }, 'nod').get('.report').text()
    expect(report).toContain('The face trembles a little.')
    expect(report).not.toContain('clip')
  })

  it('speaks of no quality where none was measured', () => {
    expect(panel().find('.report').exists()).toBe(false)
  })

  it('says what a clip could do better, and where in it', () => {
    const checks = [
      { name: 'cut', passed: true, value: 0.02, limit: 0.15, frames: [] },
      { name: 'face', passed: false, value: null, limit: null, frames: [30, 31, 39] },
      { name: 'invented_later', passed: false, value: null, limit: null, frames: [] },
    ]
    const text = panel({ clip_checks: checks }).get('.clip').text()
    expect(text).toContain('could be better (1)')
    expect(text).toContain('At second 1.2–1.3, 1.6 of the filmKeep')
    expect(text).toContain('The face is hidden, small')
  })

  it('says so when a clip has nothing to improve', () => {
    const checks = [{ name: 'cut', passed: true, value: 0.02, limit: 0.15, frames: [] }]
    expect(panel({ clip_checks: checks }).text()).toContain('Your clip is a good one')
  })

  it('does not count an end that is not the beginning among the faults of a clip', () => {
    const loop = { name: 'loop', passed: false, value: 0.2, limit: 0.03, frames: [] }
    const face = { name: 'face', passed: false, value: 0.5, limit: 0.8, frames: [] }
    const only = panel({ clip_checks: [loop] }).text()
    expect(only).toContain('Your clip is a good one. It ends elsewhere than it began')
    const both = panel({ clip_checks: [loop, face] }).get('.clip')
    expect(both.text()).toContain('could be better (1)')
    expect(both.text()).toContain('It ends elsewhere than it began')
  })

  it('keeps the motion of one’s own clip under a name', async () => {
    const kept = { id: 'e-1', name: 'Grandma’s laugh', duration_s: 3, created_at: '2026-01-01T00:00:00Z' }
    vi.mocked(keepExpression).mockResolvedValue(kept)
    const page = panel()
    await page.get('.keep button').trigger('click')
    await page.get('input').setValue('  Grandma’s laugh ')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(vi.mocked(keepExpression).mock.calls).toEqual([['film-1', 'Grandma’s laugh']])
    expect(page.get('.kept').text()).toContain('Grandma’s laugh')
  })

  it.each([
    ['conflict', 'kept already'],
    ['too_many_expressions', 'Delete one'],
    ['network_error', 'Please try again'],
  ])('says why a motion could not be kept: %s', async (code, words) => {
    vi.mocked(keepExpression).mockRejectedValue(new ApiError(code, 409))
    const page = panel()
    await page.get('.keep button').trigger('click')
    await page.get('input').setValue('Laugh')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(page.get('[role=alert]').text()).toContain(words)
  })

  it('offers to keep no motion that is not one’s own', () => {
    expect(panel({}, 'nod').find('.keep').exists()).toBe(false)
  })
})
