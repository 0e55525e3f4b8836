import { describe, expect, it, vi } from 'vitest'
import { http } from '../http'
import { DEFAULT_MOTION, motionFields, submitAnimation, type Driver, type MotionChoices } from '../animations'

const of = (changes: Partial<MotionChoices>) => motionFields({ ...DEFAULT_MOTION, ...changes })

describe('motionFields', () => {
  it('send nothing that is usual', () => {
    expect(of({})).toEqual({})
    expect(of({ engine: 'first_order' })).toEqual({ engine: 'first_order' })
  })

  it('send no engine what it would refuse', () => {
    const wishes = { mode: 'fast', manner: 'absolute', reach: 'driver', rest: 'first' } as const
    expect(of({ ...wishes, engine: 'builtin' })).toEqual({ engine: 'builtin' })
    expect(of({ ...wishes, engine: 'auto' })).toEqual({})
    expect(of({ ...wishes, engine: 'first_order' })).toEqual({
      engine: 'first_order',
      mode: 'fast',
      relative: 'false',
    })
  })

  it('send what belongs to relative motion only with it', () => {
    expect(of({ engine: 'first_order', reach: 'driver', rest: 'first' })).toEqual({
      engine: 'first_order',
      adapt_scale: 'false',
      best_frame: 'first',
    })
  })
})

describe('submitAnimation', () => {
  it.each<[string, Driver, string]>([
    ['preset', 'nod', 'nod'],
    ['faces', { 1: 'wink', 0: 'nod' }, '0:nod,1:wink'],
    ['expression', { expressionId: 'e-1' }, 'e-1'],
  ])('sends %s', async (name, driver, expected) => {
    const post = vi.spyOn(http, 'post').mockResolvedValue({ body: {} } as never)
    await submitAnimation('job-1', driver, { ...DEFAULT_MOTION, engine: 'builtin' })
    const form = post.mock.calls[0]?.[1] as FormData
    expect(form.get(name)).toBe(expected)
    expect([...form.keys()].sort()).toEqual(['engine', name, 'restore_first', 'source'].sort())
  })

  it('sends a clip under its name', async () => {
    const post = vi.spyOn(http, 'post').mockResolvedValue({ body: {} } as never)
    await submitAnimation('job-1', new File(['x'], 'recording.webm', { type: 'video/webm' }))
    const form = post.mock.calls[0]?.[1] as FormData
    expect((form.get('driving') as File).name).toBe('recording.webm')
  })
})
