import { http } from './http'
import type { Limits } from './wire'

export async function getLimits(): Promise<Limits> {
  return (await http.get<Limits>('/limits')).body
}
