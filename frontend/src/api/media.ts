import { API_ROOT } from './http'

export type MediaVariant = 'result' | 'original' | 'preview' | 'poster' | 'mask' | 'layers'

/** Where the browser finds a picture or a film; cookies say whose it is. */
export function mediaUrl(mediaId: string, variant: MediaVariant): string {
  return `${API_ROOT}/media/${mediaId}?variant=${variant}`
}

/** The same, to be saved under the good name that the server gives it in `locale`. */
export function downloadUrl(mediaId: string, locale: string): string {
  return `${mediaUrl(mediaId, 'result')}&download=1&lang=${locale}`
}
