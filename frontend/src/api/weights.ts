import { http } from './http'
import type { WeightList } from './wire'

/** Every file of weights that the server knows, with its purpose and licence in `locale`. */
export async function listWeights(locale: string): Promise<WeightList> {
  const headers = { 'Accept-Language': locale }
  return (await http.get<WeightList>('/weights', { headers })).body
}

/**
 * The server begins to fetch the file; `listWeights` tells how far it is.
 * `acceptsNonCommercial`: the person knows that business is excluded; needed where it is.
 */
export async function downloadWeight(name: string, acceptsNonCommercial: boolean): Promise<void> {
  const query = acceptsNonCommercial ? '?accept_non_commercial=true' : ''
  await http.post(`/weights/${encodeURIComponent(name)}/download${query}`)
}

export async function cancelWeight(name: string): Promise<void> {
  await http.post(`/weights/${encodeURIComponent(name)}/cancel`)
}
