import { describe, expect, it, vi } from 'vitest'
import { ApiError, createHttp } from '../http'

interface Call {
  method: string
  path: string
  headers: Headers
  body: unknown
}

const ME = { id: 'guest-1', csrf_token: 'token-1' }

function aServer(answers: Record<string, (() => Response)[]>) {
  const calls: Call[] = []
  const fake: typeof fetch = (input, init) => {
    const path = String(input).replace('/api/v1', '')
    const method = init?.method ?? 'GET'
    calls.push({ method, path, headers: new Headers(init?.headers), body: init?.body ?? null })
    const queue = answers[`${method} ${path}`] ?? []
    const next = queue.length > 1 ? queue.shift() : queue[0]
    return Promise.resolve(next ? next() : json({ code: 'not_found' }, 404))
  }
  return { calls, fake }
}

function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...headers },
  })
}

function aMemory(visited: boolean) {
  const values = new Map(visited ? [['jiuying.visitor', 'guest-0']] : [])
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  }
}

describe('http', () => {
  it('turns problem+json into an ApiError with its code, status and waiting time', async () => {
    const { fake } = aServer({ 'GET /x': [() => json({ code: 'queue_full' }, 503, { 'Retry-After': '10' })] })
    const http = createHttp({ fetch: fake, memory: aMemory(false) })

    const error = await http.get('/x').catch((cause: unknown) => cause)

    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ code: 'queue_full', status: 503, retryAfterS: 10 })
  })

  it('sends values as JSON, and a form as it is', async () => {
    const { calls, fake } = aServer({
      'POST /auth/guest': [() => json(ME)],
      'PATCH /x': [() => json({})],
      'POST /x': [() => json({})],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(false) })
    const form = new FormData()

    await http.patch('/x', { name: '外婆' })
    await http.post('/x', form)

    const [patched, posted] = calls.filter(({ path }) => path === '/x')
    expect([patched?.body, patched?.headers.get('Content-Type')]).toEqual([
      '{"name":"外婆"}',
      'application/json',
    ])
    expect([posted?.body, posted?.headers.get('Content-Type')]).toEqual([form, null])
  })

  it('deletes, with the token and nothing to read', async () => {
    const { calls, fake } = aServer({
      'POST /auth/guest': [() => json(ME)],
      'DELETE /x': [() => new Response(null, { status: 204 })],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(false) })

    await expect(http.delete('/x')).resolves.toBeUndefined()

    expect(calls.at(-1)?.headers.get('X-CSRF-Token')).toBe('token-1')
  })

  it('names a lost connection', async () => {
    const http = createHttp({ fetch: () => Promise.reject(new TypeError('down')), memory: aMemory(false) })

    await expect(http.get('/x')).rejects.toMatchObject({ code: 'network_error' })
  })

  it('names a body that a proxy found too large', async () => {
    const { fake } = aServer({ 'GET /x': [() => new Response('<html>', { status: 413 })] })
    const http = createHttp({ fetch: fake, memory: aMemory(false) })

    await expect(http.get('/x')).rejects.toMatchObject({ code: 'request_too_large' })
  })

  it('lets a caller stop a request', async () => {
    const stopped = new DOMException('stopped', 'AbortError')
    const http = createHttp({ fetch: () => Promise.reject(stopped), memory: aMemory(false) })

    await expect(http.get('/x')).rejects.toBe(stopped)
  })

  it('opens a guest session before the first change and sends its CSRF token', async () => {
    const { calls, fake } = aServer({
      'POST /auth/guest': [() => json(ME, 201)],
      'POST /restore': [() => json({ id: 'job' }, 202)],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(false) })

    await http.post('/restore')

    expect(calls.map((call) => call.path)).toEqual(['/auth/guest', '/restore'])
    expect(calls[1]?.headers.get('X-CSRF-Token')).toBe('token-1')
  })

  it('takes up the session of an earlier visit', async () => {
    const { calls, fake } = aServer({
      'GET /auth/me': [() => json(ME)],
      'POST /restore': [() => json({}, 202)],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(true) })

    await http.post('/restore')

    expect(calls.map((call) => call.path)).toEqual(['/auth/me', '/restore'])
  })

  it('opens one session for several requests at once', async () => {
    const { calls, fake } = aServer({
      'POST /auth/guest': [() => json(ME, 201)],
      'POST /restore': [() => json({}, 202)],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(false) })

    await Promise.all([http.post('/restore'), http.post('/restore')])

    expect(calls.filter((call) => call.path === '/auth/guest')).toHaveLength(1)
  })

  it('renews a session that has ended and asks again', async () => {
    const { calls, fake } = aServer({
      'GET /jobs': [() => json({ code: 'not_signed_in' }, 401), () => json({ items: [] })],
      'GET /auth/me': [() => json({ code: 'not_signed_in' }, 401)],
      'POST /auth/guest': [() => json(ME, 201)],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(true) })

    const onStranger = vi.fn()
    http.onStranger(onStranger)

    const answer = await http.get('/jobs')

    expect(answer.body).toEqual({ items: [] })
    expect(onStranger).toHaveBeenCalledOnce()
    expect(calls.map((call) => call.path)).toEqual(['/jobs', '/auth/me', '/auth/guest', '/jobs'])
  })

  it('notices behind a 404 that it talks to the server as somebody else', async () => {
    const { fake } = aServer({
      'GET /jobs/a': [() => json({ code: 'not_found' }, 404)],
      'GET /auth/me': [() => json(ME)],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(true) })
    const onStranger = vi.fn()
    http.onStranger(onStranger)

    await expect(http.get('/jobs/a')).rejects.toMatchObject({ status: 404 })
    await expect(http.get('/jobs/a')).rejects.toMatchObject({ status: 404 })

    expect(onStranger).toHaveBeenCalledOnce()
  })

  it('passes on that nothing has changed', async () => {
    const { fake } = aServer({
      'GET /x': [() => new Response(null, { status: 304, headers: { ETag: '"a"' } })],
    })
    const http = createHttp({ fetch: fake, memory: aMemory(false) })

    expect(await http.get('/x')).toMatchObject({ status: 304, body: null, etag: '"a"' })
  })
})
