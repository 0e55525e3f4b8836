/** fetch for a body whose sending can be watched: `fetch` itself does not say how much has gone out. */
export function sendWithProgress(
  url: string,
  init: RequestInit,
  onProgress: (fraction: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open(init.method ?? 'GET', url)
    xhr.responseType = 'blob'
    for (const [name, value] of Object.entries((init.headers ?? {}) as Record<string, string>)) {
      xhr.setRequestHeader(name, value)
    }
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    xhr.onload = () => {
      resolve(new Response(xhr.response as Blob, { status: xhr.status, headers: headersOf(xhr) }))
    }
    xhr.onerror = () => reject(new TypeError('the connection was lost'))
    xhr.onabort = () => reject(new DOMException('stopped by the caller', 'AbortError'))
    init.signal?.addEventListener('abort', () => xhr.abort(), { once: true })
    xhr.send((init.body as XMLHttpRequestBodyInit | null) ?? null)
  })
}

function headersOf(xhr: XMLHttpRequest): Headers {
  const headers = new Headers()
  for (const line of xhr
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/)) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim())
  }
  return headers
}
