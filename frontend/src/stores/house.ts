/** What this server offers, whoever asks: its limits, its expressions, and how safely it is reached. */
import { ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { ApiError, http } from '@/api/http'
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

export const useHouseStore = defineStore('house', () => {
  const limits = shallowRef<Limits>(USUAL_LIMITS)
  const presets = shallowRef<Preset[]>([])
  const presetsState = ref<'loading' | 'done' | 'error'>('loading')
  const isInsecure = ref(false)
  http.onSession((insecure) => (isInsecure.value = insecure))

  async function loadPresets(): Promise<void> {
    presetsState.value = 'loading'
    try {
      presets.value = await listPresets()
      presetsState.value = 'done'
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      presetsState.value = 'error'
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
