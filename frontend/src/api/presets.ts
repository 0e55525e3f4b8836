import { http } from './http'
import type { Page, Preset } from './wire'

export async function listPresets(): Promise<Preset[]> {
  return (await http.get<Page<Preset>>('/presets')).body.items
}
