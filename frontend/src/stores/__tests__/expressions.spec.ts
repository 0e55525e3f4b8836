import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { deleteExpression, keepExpression, listExpressions, renameExpression } from '@/api/expressions'
import { ApiError } from '@/api/http'
import type { Expression } from '@/api/wire'
import { useExpressionsStore } from '../expressions'

vi.mock('@/api/expressions', { spy: true })

const anExpression = (id: string, name = id): Expression => ({
  id,
  name,
  duration_s: 3,
  created_at: '2026-01-01T00:00:00Z',
})

beforeEach(() => {
  setActivePinia(createPinia())
  vi.mocked(listExpressions).mockResolvedValue([anExpression('b'), anExpression('a')])
})

async function loaded() {
  const expressions = useExpressionsStore()
  await expressions.load()
  return expressions
}
const namesIn = ({ items }: ReturnType<typeof useExpressionsStore>) => items.map(({ name }) => name)

describe('the kept expressions', () => {
  it('are those of the server', async () => {
    const expressions = await loaded()
    expect([expressions.state, namesIn(expressions)]).toEqual(['done', ['b', 'a']])
  })

  it('say when the server is away, and are there at the next try', async () => {
    vi.mocked(listExpressions).mockRejectedValueOnce(new ApiError('network_error', 0))
    const expressions = await loaded()
    expect(expressions.state).toBe('error')
    await expressions.load()
    expect(expressions.state).toBe('done')
  })

  it('begin with the newest, and know which film it is from', async () => {
    const expressions = await loaded()
    vi.mocked(keepExpression).mockResolvedValue(anExpression('c', 'Laugh'))
    await expressions.keep('film-1', 'Laugh')
    expect(namesIn(expressions)).toEqual(['Laugh', 'b', 'a'])
    expect(expressions.keptOf).toEqual({ 'film-1': 'Laugh' })
  })

  it('take a new name where they are', async () => {
    const expressions = await loaded()
    vi.mocked(renameExpression).mockResolvedValue(anExpression('b', 'Wink'))
    await expressions.rename('b', 'Wink')
    expect(namesIn(expressions)).toEqual(['Wink', 'a'])
  })

  it('go when they are deleted, here or in another tab', async () => {
    const expressions = await loaded()
    vi.mocked(deleteExpression).mockResolvedValueOnce()
    await expressions.remove('b')
    vi.mocked(deleteExpression).mockRejectedValueOnce(new ApiError('not_found', 404))
    await expressions.remove('a')
    expect(namesIn(expressions)).toEqual([])
  })

  it('stay when the server could not delete them', async () => {
    const expressions = await loaded()
    vi.mocked(deleteExpression).mockRejectedValueOnce(new ApiError('network_error', 0))
    await expect(expressions.remove('b')).rejects.toThrow('network_error')
    expect(namesIn(expressions)).toEqual(['b', 'a'])
  })
})
