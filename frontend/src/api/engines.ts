import { http } from './http'
import type { Engine, Page } from './wire'

/** All engines of the server, installed or not; what it says of models is in `locale`. */
export async function listEngines(locale: string): Promise<Engine[]> {
  const headers = { 'Accept-Language': locale }
  return (await http.get<Page<Engine>>('/engines', { headers })).body.items
}
