import { onScopeDispose } from 'vue'

/** An address for a file of this device, given back when the scope ends. */
export function useObjectUrl(file: Blob): string {
  const url = URL.createObjectURL(file)
  onScopeDispose(() => URL.revokeObjectURL(url))
  return url
}
