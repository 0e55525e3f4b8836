import { http } from './http'
import type { Weight } from './wire'

/** Every file of weights that the server knows, with its purpose and licence in `locale`. */
export async function listWeights(locale: string): Promise<Weight[]> {
  const headers = { 'Accept-Language': locale }
  return (await http.get<{ items: Weight[] }>('/weights', { headers })).body.items
}

/** The server begins to fetch the file; `listWeights` tells how far it is. */
export async function downloadWeight(name: string): Promise<void> {
  await http.post(`/weights/${encodeURIComponent(name)}/download`)
}

export async function cancelWeight(name: string): Promise<void> {
  await http.post(`/weights/${encodeURIComponent(name)}/cancel`)
}
