/** What this server offers, whoever asks: its limits, its expressions, and how safely it is reached. */
import { ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { ApiError } from '@/api/http'
import { getLimits } from '@/api/limits'
import { listPresets } from '@/api/presets'
import type { Limits, Preset } from '@/api/wire'

/** A fresh server's limits, until it has told its own. */
const USUAL_LIMITS: Limits = {
  photo: { max_bytes: 20_000_000, max_pixels: 40_000_000, max_side_px: 12_000, min_side_px: 16, types: [] },
  clip: { max_bytes: 50_000_000, max_duration_s: 60, used_duration_s: 10, types: [] },
  sync_timeout_s: 120,
  guest_hours: 24,
}

/** A server that was away is asked again by itself. */
const RETRY_MS = 5000

export const useHouseStore = defineStore('house', () => {
  const limits = shallowRef<Limits>(USUAL_LIMITS)
  const presets = shallowRef<Preset[]>([])
  const presetsState = ref<'loading' | 'done' | 'error'>('loading')
  let presetsTimer: ReturnType<typeof setTimeout> | undefined
  // Plain HTTP to another machine: said before the first photo goes out.
  const isInsecure = !window.isSecureContext

  async function loadPresets(): Promise<void> {
    clearTimeout(presetsTimer)
    try {
      presets.value = await listPresets()
      presetsState.value = 'done'
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      presetsState.value = 'error'
      presetsTimer = setTimeout(() => void loadPresets(), RETRY_MS)
    }
  }

  async function loadLimits(): Promise<void> {
    try {
      limits.value = await getLimits()
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause // the usual limits will do
    }
  }

  return {
    limits,
    presets,
    presetsState,
    isInsecure,
    loadPresets,
    open: () => Promise.all([loadPresets(), loadLimits()]),
  }
})
