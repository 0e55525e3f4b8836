import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import { ApiError } from '@/api/http'
import type { CutPhoto, Job } from '@/api/wire'
import { usePrints, type Prints, type UsePrintsOptions } from '../usePrints'
import { aJob, aResult } from './builders'

const CORNERS: [number, number][] = [
  [10, 10],
  [90, 10],
  [90, 70],
  [10, 70],
]
const OUTLINE = CORNERS as unknown as Prints['found'][number]
const PHOTO: CutPhoto = { upload_id: 'cut-1', name: 'a_1.jpg', width: 80, height: 60, notes: [] }

const looked = (count: number): Job =>
  aJob({
    id: 'look-1',
    kind: 'find_prints',
    state: 'succeeded',
    result: aResult({ width: 100, height: 80, prints: Array(count).fill({ corners: CORNERS, score: 1 }) }),
  })
const cutJob = (changes: Partial<Job>): Job => aJob({ id: 'cut-job', kind: 'cut_prints', ...changes })
const cutDone = () => cutJob({ state: 'succeeded', result: aResult({ photos: [PHOTO] }) })

let scope: EffectScope
beforeEach(() => {
  scope = effectScope()
})
afterEach(() => scope.stop())

function thePrints(changes: Partial<UsePrintsOptions> = {}): Prints {
  const options = {
    uploadId: 'upload-1',
    onCut: () => undefined,
    look: () => Promise.resolve(looked(1)),
    cut: () => Promise.resolve(cutDone()),
    ...changes,
  }
  return scope.run(() => usePrints(options)) as Prints
}

describe('usePrints', () => {
  it('offers nothing before it has looked, and nothing where no print is', async () => {
    const prints = thePrints({ look: () => Promise.resolve(looked(0)) })
    expect(prints.isOffered).toBe(false)
    await prints.find()
    expect(prints.isOffered).toBe(false)
    expect(prints.size).toEqual({ width: 100, height: 80 })
  })

  it('offers what it has found until it is put aside', async () => {
    const prints = thePrints()
    await prints.find()
    expect([prints.isOffered, prints.found]).toEqual([true, [CORNERS]])
    prints.dismiss()
    expect([prints.isOffered, prints.found.length]).toEqual([false, 1])
  })

  it('looks once, and again only after a failure', async () => {
    const look = vi.fn<() => Promise<Job>>().mockRejectedValueOnce(new ApiError('queue_full', 429))
    look.mockResolvedValue(looked(1))
    const prints = thePrints({ look })
    await prints.find()
    expect([prints.isOffered, prints.lookStatus.failure?.code]).toEqual([false, 'queue_full'])
    await prints.find()
    await prints.find()
    expect(look).toHaveBeenCalledTimes(2)
    expect(prints.isOffered).toBe(true)
  })

  it('does not look before the server has the picture', async () => {
    const look = vi.fn<() => Promise<Job>>()
    await thePrints({ look, uploadId: ref(null) }).find()
    expect(look).not.toHaveBeenCalled()
  })

  it('hands over what was cut out, once, and offers no more', async () => {
    const onCut = vi.fn()
    const prints = thePrints({ onCut })
    await prints.find()
    await prints.cutOut([OUTLINE])
    await vi.waitFor(() => expect(onCut).toHaveBeenCalledTimes(1))
    expect(onCut).toHaveBeenCalledWith([PHOTO])
    expect([prints.cutting, prints.isOffered]).toEqual([null, false])
  })

  it('is asked only once at a time', async () => {
    const cut = vi.fn(() => Promise.resolve(cutDone()))
    const prints = thePrints({ cut })
    await Promise.all([prints.cutOut([OUTLINE]), prints.cutOut([OUTLINE])])
    expect(cut).toHaveBeenCalledTimes(1)
  })

  it('says why the cutting failed, and tries again with the same outlines', async () => {
    const failed = cutJob({
      state: 'failed',
      error: { code: 'storage_full', title: '', detail: '', params: {} },
    })
    const cut = vi.fn<(id: string, outlines: readonly unknown[]) => Promise<Job>>()
    cut.mockResolvedValueOnce(failed).mockResolvedValueOnce(cutDone())
    const prints = thePrints({ cut })
    await prints.cutOut([OUTLINE])
    expect(prints.cutting?.failure?.code).toBe('storage_full')
    await prints.retryCut()
    expect(cut).toHaveBeenLastCalledWith('upload-1', [OUTLINE])
    await vi.waitFor(() => expect(prints.cutting).toBeNull())
  })

  it('offers again what a person stopped cutting out', async () => {
    const prints = thePrints({ cut: () => Promise.resolve(cutJob({ state: 'cancelled' })) })
    await prints.find()
    await prints.cutOut([OUTLINE])
    await vi.waitFor(() => expect(prints.cutting).toBeNull())
    expect(prints.isOffered).toBe(true)
  })

  it('can be left whole after a failure', async () => {
    const prints = thePrints({ cut: () => Promise.reject(new ApiError('network_error', 0)) })
    await prints.find()
    await prints.cutOut([OUTLINE])
    prints.dismiss()
    expect([prints.cutting, prints.isOffered]).toEqual([null, false])
  })

  it('begins where it was left, without looking again', () => {
    const kept = { lookJobId: 'look-1', isDismissed: false, outlines: null }
    const prints = thePrints({ start: kept, knownJobs: new Map([['look-1', looked(2)]]) })
    expect([prints.isOffered, prints.found.length]).toEqual([true, 2])
    expect(prints.kept).toEqual(kept)
  })
})
