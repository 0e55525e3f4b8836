/** The motions that this person kept, and of which films they are. */
import { ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { deleteExpression, keepExpression, listExpressions, renameExpression } from '@/api/expressions'
import { ApiError, http } from '@/api/http'
import type { Expression } from '@/api/wire'

export const useExpressionsStore = defineStore('expressions', () => {
  const items = shallowRef<readonly Expression[]>([])
  const state = ref<'loading' | 'done' | 'error'>('loading')
  /** Film's job id -> the name its motion was kept under, in this visit. */
  const keptOf = ref<Readonly<Record<string, string>>>({})

  /** Once somebody is known: asking would make a guest of whoever only looks at the page. */
  async function load(): Promise<void> {
    try {
      items.value = await listExpressions()
      state.value = 'done'
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      if (state.value === 'loading') state.value = 'error'
    }
  }

  /** Raises ApiError. */
  async function keep(jobId: string, name: string): Promise<void> {
    const kept = await keepExpression(jobId, name)
    items.value = [kept, ...items.value.filter(({ id }) => id !== kept.id)]
    keptOf.value = { ...keptOf.value, [jobId]: kept.name }
  }

  /** Raises ApiError. */
  async function rename(id: string, name: string): Promise<void> {
    const renamed = await renameExpression(id, name)
    items.value = items.value.map((item) => (item.id === id ? renamed : item))
  }

  /** Raises ApiError, but for one that is gone already. */
  async function remove(id: string): Promise<void> {
    try {
      await deleteExpression(id)
    } catch (cause) {
      if (!(cause instanceof ApiError && cause.status === 404)) throw cause
    }
    items.value = items.value.filter((item) => item.id !== id)
  }

  // A new guest has kept nothing yet.
  http.onStranger(() => {
    items.value = []
    keptOf.value = {}
  })

  return { items, state, keptOf, load, keep, rename, remove }
})
