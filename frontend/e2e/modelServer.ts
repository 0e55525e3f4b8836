/**
 * A server with the engine `gfpgan`, as far as the page sees it: no browser test has the weights. The photo
 * goes to the real server and its built-in engine; answers are changed to those of the other engine on their
 * way back. Kept apart from the journeys, which read as if the engine were there.
 */
import { join } from 'node:path'
import type { Page, Route } from '@playwright/test'

type Json = Record<string, unknown>
export type WeightState = 'missing' | 'partial' | 'downloading' | 'installed' | 'refused'

interface ServedWeight {
  name: string
  file: string
  role: string
  bytes: number
  licence: string
  purpose: string
  note: string
  isFree: boolean
  state: WeightState
  soFar: number
  refusal: string | null
  failure: string | null
}

/** Options that the built-in engine refuses. */
const NETWORK_OPTIONS = ['model', 'mode', 'scope', 'background', 'fidelity', 'face_ids']
/** Of `make_photos.py: layers_of_two_people`. */
export const LAYERS = [
  { x: 180, y: 60, width: 270, height: 310, row_y: 0, row_width: 270, row_height: 310, scale: 1 },
  { x: 830, y: 60, width: 270, height: 310, row_y: 310, row_width: 270, row_height: 310, scale: 1 },
]
const BOXES = [
  [110, 50, 205, 165],
  [435, 50, 530, 165],
]
const CHUNKS = 4 // a download is done at this look

export class ModelServer {
  /** What each restoration by the engine was asked for. */
  readonly asked: Record<string, string>[] = []
  mayDownload = true
  isAway = false
  readonly weights: ServedWeight[]
  private readonly optionsOf = new Map<string, Record<string, string>>()

  constructor(
    private readonly page: Page,
    private readonly photoFolder: string,
    isChinese: boolean,
  ) {
    const say = (zh: string, en: string) => (isChinese ? zh : en)
    const begun = { state: 'missing' as WeightState, soFar: 0, refusal: null, failure: null }
    const common = { ...begun, isFree: true, note: '' }
    this.weights = [
      {
        ...common,
        name: 'v1.4',
        file: 'GFPGANv1.4.pth',
        role: 'face',
        bytes: 348_632_874,
        licence: 'Apache-2.0',
        purpose: say('修复人脸：最新的 GFPGAN，推荐', 'Restores faces: the newest GFPGAN; recommended'),
        note: say(
          '作者以 Apache-2.0 发布；训练数据 FFHQ 为 CC BY-NC-SA。商用前请自行判断。',
          'Published under Apache-2.0; the training set FFHQ is CC BY-NC-SA. Judge for yourself before commercial use.',
        ),
      },
      {
        ...common,
        name: 'retinaface-r50',
        file: 'detection_Resnet50_Final.pth',
        role: 'detector',
        bytes: 109_497_761,
        licence: 'MIT',
        purpose: say('找到照片里的脸', 'Finds the faces in a photo'),
      },
      {
        ...common,
        name: 'parsenet',
        file: 'parsing_parsenet.pth',
        role: 'parser',
        bytes: 85_331_193,
        licence: 'CC BY-NC-SA 4.0',
        isFree: false,
        purpose: say('可选：更细的脸部边缘', 'Optional: finer edges of the face'),
      },
    ]
  }

  private get isReady(): boolean {
    return this.weights.slice(0, 2).every(({ state }) => state === 'installed')
  }

  install(): void {
    for (const weight of this.weights.slice(0, 2)) weight.state = 'installed'
  }

  async serve(): Promise<void> {
    const on = (path: RegExp, answer: (route: Route) => Promise<void>) => this.page.route(path, answer)
    await on(/\/api\/v1\/engines$/, (route) =>
      route.fulfill({ json: { items: this.engines(), next_cursor: null } }),
    )
    await on(/\/api\/v1\/weights$/, (route) => this.answerWeights(route))
    await on(/\/api\/v1\/weights\/[^/]+\/(download|cancel)(\?.*)?$/, (route) => this.answerWish(route))
    await on(/\/api\/v1\/restore$/, (route) => this.answerRestore(route))
    await on(/\/api\/v1\/jobs(\/[^/]+)?(\?.*)?$/, (route) => this.answerJobs(route))
    await on(/variant=layers/, (route) => route.fulfill({ path: join(this.photoFolder, 'layers.png') }))
  }

  private engines(): Json[] {
    const installed = this.isReady
    const common = { task: 'restore', version: '1' }
    return [
      {
        ...common,
        name: 'gfpgan',
        installed,
        reason: installed ? null : 'weights_missing',
        needs_weights: true,
        models: [
          {
            name: 'v1.4',
            installed,
            purpose: '',
            weights: 'v1.4',
            licence: 'Apache-2.0',
            commercial_use: true,
          },
        ],
      },
      { ...common, name: 'builtin', installed: true, reason: null, needs_weights: false, models: [] },
    ]
  }

  private async answerWeights(route: Route): Promise<void> {
    if (this.isAway) return route.abort()
    for (const weight of this.weights) {
      if (weight.state !== 'downloading') continue
      weight.soFar = Math.min(weight.bytes, weight.soFar + Math.ceil(weight.bytes / CHUNKS))
      if (weight.soFar === weight.bytes) weight.state = 'installed'
    }
    const items = this.weights.map(({ soFar, note, isFree, ...weight }) => ({
      ...weight,
      engine: 'gfpgan',
      model: weight.role === 'face' ? weight.name : null,
      default: isFree,
      bytes_so_far: soFar,
      licence_note: note,
      commercial_use: isFree,
      has_address: true,
    }))
    return route.fulfill({ json: { items, next_cursor: null, may_download: this.mayDownload } })
  }

  private async answerWish(route: Route): Promise<void> {
    const [, name, wish] = /weights\/([^/]+)\/(\w+)/.exec(route.request().url()) ?? []
    const weight = this.weights.find((one) => one.name === name)
    if (weight) weight.state = wish === 'download' ? 'downloading' : 'partial'
    return route.fulfill({ status: 202, json: {} })
  }

  private async answerRestore(route: Route): Promise<void> {
    const request = route.request()
    const body = request.postDataBuffer()?.toString('latin1') ?? ''
    const fields = fieldsOf(body)
    if (fields.engine !== 'gfpgan') return route.continue()
    this.asked.push(fields)
    const response = await route.fetch({ postData: Buffer.from(forBuiltin(body), 'latin1') })
    const job = (await response.json()) as Json
    if (typeof job.id === 'string') this.optionsOf.set(job.id, fields)
    return route.fulfill({ response, json: this.dressed(job) })
  }

  private async answerJobs(route: Route): Promise<void> {
    const response = await route.fetch()
    if (route.request().method() !== 'GET' || response.status() !== 200) return route.fulfill({ response })
    const answer = (await response.json()) as Json & { items?: Json[] }
    const json = answer.items
      ? { ...answer, items: answer.items.map((job) => this.dressed(job)) }
      : this.dressed(answer)
    return route.fulfill({ response, json })
  }

  /** The job as if the other engine had done it. */
  private dressed(job: Json): Json {
    const options = this.optionsOf.get(String(job.id))
    if (!options) return job
    const chosen = options.face_ids?.split(',').map(Number) ?? [0, 1]
    const faces = BOXES.map((box, id) => {
      const used = chosen.includes(id)
      return { id, box, score: 0.99, used, note: used ? null : 'not_chosen', layer: used ? LAYERS[id] : null }
    })
    const result = job.result as Json | null
    return {
      ...job,
      engine: 'gfpgan',
      options,
      result: result && {
        ...result,
        engine: 'gfpgan',
        model: options.model ?? 'v1.4',
        faces,
        notes: [...(result.notes as string[]), 'faces_restored'],
      },
    }
  }
}

function fieldsOf(body: string): Record<string, string> {
  return Object.fromEntries(
    [...body.matchAll(/name="(\w+)"\r\n\r\n([^\r]*)/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

function forBuiltin(body: string): string {
  const boundary = body.slice(0, body.indexOf('\r\n'))
  const parts = body.split(boundary)
  const taken = parts.filter((part) => !NETWORK_OPTIONS.some((name) => part.includes(`name="${name}"`)))
  return taken.join(boundary).replace('name="engine"\r\n\r\ngfpgan', 'name="engine"\r\n\r\nbuiltin')
}
