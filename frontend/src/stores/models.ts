/** The engines of this server and the files they need: what is here, what is on its way, how to get the rest. */
import { computed, ref, shallowRef, watch } from 'vue'
import { defineStore } from 'pinia'
import { useDocumentVisibility } from '@vueuse/core'
import { ApiError } from '@/api/http'
import { listEngines } from '@/api/engines'
import { cancelWeight, downloadWeight, listWeights } from '@/api/weights'
import type { Engine, Weight } from '@/api/wire'
import { paceOf, withSeen, type Pace, type Seen } from '@/composables/downloadPace'
import { i18n } from '@/locales'

/** While something is downloaded, and while nothing is: an operator may put files there. */
const BUSY_POLL_MS = 1000
const IDLE_POLL_MS = 10_000

const language = (): string => i18n.global.locale.value

export const useModelsStore = defineStore('models', () => {
  const engines = shallowRef<readonly Engine[]>([])
  const enginesState = ref<'loading' | 'done' | 'error'>('loading')
  const weights = shallowRef<readonly Weight[]>([])
  const mayDownload = ref(false)
  const weightsState = ref<'loading' | 'done' | 'error'>('loading')
  /** Why the server would not fetch a file, by its name. */
  const failures = ref<Readonly<Record<string, ApiError>>>({})
  const seen = shallowRef<Readonly<Record<string, readonly Seen[]>>>({})
  const isShown = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const named = (name: string) => computed(() => engines.value.find((engine) => engine.name === name) ?? null)
  const gfpgan = named('gfpgan')
  const firstOrder = named('first_order')
  const isIncomplete = computed(() =>
    [gfpgan.value, firstOrder.value].some((engine) => engine?.installed === false),
  )
  const isDownloading = computed(() => weights.value.some(({ state }) => state === 'downloading'))

  const isDownloadingFor = (wanted: string): boolean =>
    weights.value.some(({ engine, state }) => engine === wanted && state === 'downloading')

  async function loadEngines(): Promise<void> {
    try {
      const listed = await listEngines(language())
      engines.value = listed
      enginesState.value = 'done'
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      if (enginesState.value === 'loading') enginesState.value = 'error'
    }
  }

  async function loadWeights(): Promise<void> {
    try {
      const list = await listWeights(language())
      mayDownload.value = list.may_download
      take(list.items)
      weightsState.value = 'done'
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      weightsState.value = 'error'
    }
  }

  function take(listed: readonly Weight[]): void {
    const wasHere = new Set(weights.value.filter(isHere).map(({ name }) => name))
    const isFirst = weightsState.value === 'loading' // whoever asks first asks for the engines too
    const atMs = Date.now()
    const moving = listed.filter(({ state }) => state === 'downloading')
    seen.value = Object.fromEntries(
      moving.map(({ name, bytes_so_far }) => [
        name,
        withSeen(seen.value[name] ?? [], { atMs, bytes: bytes_so_far }),
      ]),
    )
    weights.value = listed
    const isNow = listed.filter(isHere)
    const arrived = isNow.filter(({ name }) => !wasHere.has(name))
    for (const { name } of arrived) forget(name)
    const hasChanged = arrived.length > 0 || isNow.length < wasHere.size
    if (hasChanged && !isFirst) void loadEngines()
  }

  /** Look at the folder as long as somebody looks at the list, or waits for a file. */
  async function follow(): Promise<void> {
    clearTimeout(timer)
    await loadWeights()
    clearTimeout(timer)
    if (!isShown.value && !isDownloading.value) return
    timer = setTimeout(() => void follow(), isDownloading.value ? BUSY_POLL_MS : IDLE_POLL_MS)
  }

  function forget(name: string): void {
    failures.value = Object.fromEntries(Object.entries(failures.value).filter(([other]) => other !== name))
  }

  async function ask(name: string, call: (name: string) => Promise<void>): Promise<void> {
    try {
      await call(name)
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause
      // 409: it is on its way already, or has just ended; the list says which
      if (cause.status !== 409) failures.value = { ...failures.value, [name]: cause }
    }
  }

  /** Pressing the button of a file that says so is to accept that business is excluded. */
  async function download(files: readonly Weight[]): Promise<void> {
    for (const { name, commercial_use: isForAll } of files) {
      forget(name)
      await ask(name, () => downloadWeight(name, !isForAll))
    }
    await follow()
  }

  async function cancel(name: string): Promise<void> {
    forget(name)
    await ask(name, cancelWeight)
    await follow()
  }

  // The server says purposes and licences in the language that it is asked in.
  watch(language, () => {
    if (enginesState.value === 'done') void loadEngines()
    if (weightsState.value === 'done') void follow()
  })

  /** When the page opens. A download that goes on from an earlier visit, or in another tab, is followed. */
  async function open(): Promise<void> {
    await loadEngines()
    if (isIncomplete.value) await follow()
  }

  // Somebody comes back to the page, perhaps from where the files were fetched.
  watch(useDocumentVisibility(), (now) => {
    if (now === 'visible' && isIncomplete.value) void open()
  })

  function show(): void {
    isShown.value = true
    void loadEngines()
    void follow()
  }

  return {
    engines,
    enginesState,
    weights,
    weightsState,
    mayDownload,
    failures,
    gfpgan,
    firstOrder,
    isShown,
    isDownloading,
    isDownloadingFor,
    open,
    loadEngines,
    follow,
    download,
    cancel,
    show,
    hide: () => (isShown.value = false),
    paceOf: (weight: Weight): Pace | null => paceOf(seen.value[weight.name] ?? [], weight.bytes),
  }
})

const isHere = ({ state }: Weight): boolean => state === 'installed'
