/**
 * The one way to the server: problem+json becomes ApiError, unsafe requests carry the CSRF token, and a
 * session is opened when one is first needed. Kept apart so that nothing else knows of cookies or headers.
 */
import { sendWithProgress } from './sendWithProgress'
import type { ErrorParams, Me, Problem } from './wire'

export const API_ROOT = '/api/v1'
const VISITOR_KEY = 'jiuying.visitor'

/** What the server (or the way to it) refused. `code` is one of backend/domain/errors.py, or `network_error`. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly params: ErrorParams = {},
    readonly retryAfterS: number | null = null,
  ) {
    super(code)
    this.name = 'ApiError'
  }
}

/** What a call ended with; an abort is the person's own. Anything but these is a fault of ours and thrown on. */
export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause
  if (cause instanceof DOMException && cause.name === 'AbortError') return new ApiError('job_cancelled', 0)
  throw cause
}

export interface Answer<T> {
  body: T
  status: number
  etag: string | null
  retryAfterS: number | null
}

export interface RequestOptions {
  headers?: Record<string, string>
  signal?: AbortSignal
  /** Called with 0..1 while the body goes out. */
  onProgress?: (fraction: number) => void
}

export interface HttpOptions {
  fetch?: typeof fetch
  send?: typeof sendWithProgress
  /** Remembers between visits who the cookie belongs to. */
  memory?: Pick<Storage, 'getItem' | 'setItem'>
}

export interface Http {
  /** Told when the caller is not who they were: what belonged to an earlier guest is out of reach. */
  onStranger: (listener: () => void) => void
  get: <T>(path: string, options?: RequestOptions) => Promise<Answer<T>>
  post: <T>(path: string, body?: Body | null, options?: RequestOptions) => Promise<Answer<T>>
  patch: <T>(path: string, body: Body) => Promise<Answer<T>>
  delete: (path: string) => Promise<void>
}

/** A form, or values that are sent as JSON. */
type Body = FormData | Readonly<Record<string, unknown>>

export function createHttp(options: HttpOptions = {}): Http {
  const doFetch: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))
  const send = options.send ?? sendWithProgress
  const memory = options.memory ?? localStorage
  let csrfToken: string | null = null
  const listeners: (() => void)[] = []
  let opening: Promise<void> | null = null

  async function exchange(method: string, path: string, body: Body | null, given: RequestOptions) {
    const headers: Record<string, string> = { Accept: 'application/json', ...given.headers }
    const isForm = body === null || body instanceof FormData
    if (!isForm) headers['Content-Type'] = 'application/json'
    if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken
    const init: RequestInit = {
      method,
      headers,
      body: isForm ? body : JSON.stringify(body),
      signal: given.signal ?? null,
      credentials: 'same-origin',
    }
    try {
      return await (given.onProgress
        ? send(API_ROOT + path, init, given.onProgress)
        : doFetch(API_ROOT + path, init))
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error
      throw new ApiError('network_error', 0)
    }
  }

  async function takeToken(response: Response): Promise<boolean> {
    if (!response.ok) return false
    const me = (await response.json()) as Me
    csrfToken = me.csrf_token
    const known = memory.getItem(VISITOR_KEY)
    memory.setItem(VISITOR_KEY, me.id)
    if (known !== null && known !== me.id) for (const listener of listeners) listener()
    return true
  }

  async function openSession(): Promise<void> {
    csrfToken = null
    // A first visitor has no cookie: asking who they are would only put a 401 in the console.
    if (memory.getItem(VISITOR_KEY) && (await resumeSession())) return
    const guest = await exchange('POST', '/auth/guest', null, {})
    if (await takeToken(guest)) return
    // The cookie is there, only our memory of it was cleared.
    if (guest.status === 403 && (await resumeSession())) return
    throw await toApiError(guest)
  }

  async function resumeSession(): Promise<boolean> {
    return takeToken(await exchange('GET', '/auth/me', null, {}))
  }

  function ensureSession(): Promise<void> {
    opening ??= openSession().finally(() => (opening = null))
    return opening
  }

  async function request<T>(method: string, path: string, body: Body | null, given: RequestOptions) {
    if (method !== 'GET' && !csrfToken) await ensureSession()
    let response = await exchange(method, path, body, given)
    if (response.status === 401 || (response.status === 403 && method !== 'GET')) {
      await ensureSession()
      response = await exchange(method, path, body, given)
    }
    // Without a cookie the server answers as to a stranger, who owns nothing: see who we are now.
    if (response.status === 404 && memory.getItem(VISITOR_KEY)) await ensureSession().catch(() => undefined)
    if (!response.ok && response.status !== 304) throw await toApiError(response)
    return toAnswer<T>(response)
  }

  return {
    onStranger: (listener) => listeners.push(listener),
    get: (path, given = {}) => request('GET', path, null, given),
    post: (path, body = null, given = {}) => request('POST', path, body, given),
    patch: (path, body) => request('PATCH', path, body, {}),
    delete: async (path) => {
      await request('DELETE', path, null, {})
    },
  }
}

async function toAnswer<T>(response: Response): Promise<Answer<T>> {
  const isEmpty = response.status === 304 || response.status === 204
  return {
    body: (isEmpty ? null : await response.json()) as T,
    status: response.status,
    etag: response.headers.get('ETag'),
    retryAfterS: secondsOf(response),
  }
}

async function toApiError(response: Response): Promise<ApiError> {
  return new ApiError(await codeOf(response), response.status, {}, secondsOf(response))
}

/** The problem's code. A proxy in front may answer with a page of its own, which has none. */
async function codeOf(response: Response): Promise<string> {
  const type = response.headers.get('Content-Type') ?? ''
  if (type.includes('json')) return ((await response.json()) as Partial<Problem>).code ?? 'internal_error'
  return response.status === 413 ? 'request_too_large' : 'internal_error'
}

function secondsOf(response: Response): number | null {
  const seconds = Number.parseFloat(response.headers.get('Retry-After') ?? '')
  return Number.isFinite(seconds) ? seconds : null
}

export const http = createHttp()
