import { describe, expect, it } from 'vitest'
import type { http } from '../http'
import { listJobs } from '../jobs'

describe('listJobs', () => {
  it('reads all pages', async () => {
    const asked: string[] = []
    const pages = [
      { items: [{ id: 'b' }], next_cursor: 'older=1' },
      { items: [{ id: 'a' }], next_cursor: null },
    ]
    const get = ((path: string) => {
      asked.push(path)
      return Promise.resolve({ body: pages[asked.length - 1] })
    }) as unknown as typeof http.get

    expect((await listJobs(get)).map(({ id }) => id)).toEqual(['b', 'a'])
    expect(asked).toEqual(['/jobs?limit=100', '/jobs?limit=100&cursor=older%3D1'])
  })
})
