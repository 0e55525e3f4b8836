/**
 * A server's answers about its model files, in states that a test cannot bring a real one into: a slow download,
 * a refused file, a broken line. Apart from the tests, which read as if it were so.
 */
import type { Page, Route } from '@playwright/test'

type Json = Record<string, unknown>
export type WeightState = 'missing' | 'partial' | 'downloading' | 'installed' | 'refused'

interface ServedWeight {
  name: string
  file: string
  engine: string
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

const CHUNKS = 4 // a download is done at this look

export class ModelServer {
  mayDownload = true
  /** Does this server know the engine that animates by a network, too? */
  knowsMotion = false
  isAway = false
  readonly weights: ServedWeight[]

  constructor(
    private readonly page: Page,
    locale: string | undefined,
  ) {
    const say = (zh: string, en: string) => (locale?.startsWith('zh') === true ? zh : en)
    const begun = { state: 'missing' as WeightState, soFar: 0, refusal: null, failure: null }
    const common = { ...begun, engine: 'gfpgan', isFree: true, note: '' }
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
        name: 'retinaface-mobile0.25',
        file: 'mobilenet0.25_Final.pth',
        role: 'detector',
        bytes: 1_789_735,
        licence: 'MIT',
        purpose: say('找到照片里的脸', 'Finds the faces in a photo'),
      },
      {
        ...common,
        name: 'realesr-general-x4v3',
        file: 'realesr-general-x4v3.pth',
        role: 'background',
        bytes: 4_885_111,
        licence: 'BSD-3-Clause',
        purpose: say('放大脸以外的画面', 'Enlarges what is around the faces'),
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
      {
        ...common,
        name: 'vox-cpk',
        file: 'vox-cpk.pth.tar',
        engine: 'first_order',
        role: 'motion',
        bytes: 729_000_000,
        licence: 'CC-BY-NC-4.0 until 2023-06-06, MIT since (code)',
        isFree: false,
        purpose: say('让人像动起来：First Order Motion Model', 'Moves portraits: First Order Motion Model'),
        note: say(
          '权重本身没有许可声明；代码在 2023-06-06 前为 CC BY-NC 4.0，之后为 MIT。商用前请查证。',
          'The weights carry no licence statement; the code was CC BY-NC 4.0 until 2023-06-06 and is MIT since. Check before commercial use.',
        ),
      },
    ]
  }

  private has(wanted: string): boolean {
    return this.weights.some(({ role, state }) => role === wanted && state === 'installed')
  }

  async serve(): Promise<void> {
    const on = (path: RegExp, answer: (route: Route) => Promise<void>) => this.page.route(path, answer)
    await on(/\/api\/v1\/engines$/, (route) =>
      route.fulfill({ json: { items: this.engines(), next_cursor: null } }),
    )
    await on(/\/api\/v1\/weights$/, (route) => this.answerWeights(route))
    await on(/\/api\/v1\/weights\/[^/]+\/(download|cancel)(\?.*)?$/, (route) => this.answerWish(route))
  }

  private engines(): Json[] {
    const installed = this.has('face')
    const moves = this.has('motion')
    const common = { task: 'restore', version: '1' }
    const motion = {
      task: 'animate',
      version: '1',
      name: 'first_order',
      installed: moves,
      reason: moves ? null : 'weights_missing',
      needs_weights: true,
      models: [
        {
          name: 'vox-cpk',
          installed: moves,
          purpose: '',
          weights: 'vox-cpk',
          licence: 'CC-BY-NC-4.0 until 2023-06-06, MIT since (code)',
          commercial_use: false,
        },
      ],
    }
    return [
      ...(this.knowsMotion ? [motion] : []),
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
    const known = this.weights.filter(({ engine }) => this.knowsMotion || engine !== 'first_order')
    const items = known.map(({ soFar, note, isFree, ...weight }) => ({
      ...weight,
      model: ['face', 'motion'].includes(weight.role) ? weight.name : null,
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
}
