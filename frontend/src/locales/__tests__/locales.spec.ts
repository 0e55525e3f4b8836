import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '../en.json'
import { preferredLocale } from '../index'
import zh from '../zh-CN.json'

interface Messages {
  [key: string]: string | Messages
}

function entries(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : entries(value, `${prefix}${key}.`),
  )
}

function source(path: string): string {
  return readFileSync(join(import.meta.dirname, '../../../..', path), 'utf8')
}

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()
const texts = { zh: new Map(entries(zh)), en: new Map(entries(en)) }

describe('locales', () => {
  it('have the same keys in both languages', () => {
    expect([...texts.zh.keys()]).toEqual([...texts.en.keys()])
  })

  it('keep their keys sorted', () => {
    for (const messages of [zh, en] as Messages[]) {
      const groups = [messages, ...Object.values(messages).filter((value) => typeof value === 'object')]
      for (const group of groups) expect(Object.keys(group)).toEqual(Object.keys(group).sort())
    }
  })

  it('leave no text empty and name the same values', () => {
    for (const [key, text] of texts.zh) {
      expect(text.trim(), key).not.toBe('')
      expect(placeholders(texts.en.get(key) ?? ''), key).toEqual(placeholders(text))
    }
  })

  it('have advice for every error code of the server', () => {
    const raised = ['backend/domain/errors.py', 'backend/web/errors.py'].flatMap((path) => [
      ...source(path).matchAll(/^ {4}code = "(\w+)"$/gm),
    ])
    const explained = source('backend/web/problems.py').matchAll(/^ {4}"(\w+)": _text\($/gm)
    const codes = new Set([...raised, ...explained].map((match) => match[1]))
    expect(codes.size).toBeGreaterThan(20)
    for (const code of codes) expect(texts.en.has(`error.${code}`), code).toBe(true)
  })

  it('have words for every note of the engine, and for no other', () => {
    const engine = 'backend/engines/builtin'
    const files = [
      `${engine}/restoration/engine.py`,
      `${engine}/restoration/toning.py`,
      `${engine}/animation/engine.py`,
      `${engine}/animation/clip_fit.py`,
      `${engine}/animation/clip_curve.py`,
      `${engine}/prints/engine.py`,
    ]
    const lines = files.flatMap((path) => source(path).split('\n')).filter((line) => /\bnotes\b/.test(line))
    const made = lines.flatMap((line) => [...line.matchAll(/"([a-z]\w+)"/g)].map((match) => match[1]))
    const ofGfpgan = [
      'background_by_model',
      'colour_by_model',
      'faces_restored',
      'light_by_model',
      'no_face_found',
      'no_face_usable',
      'parity',
      'square_mask',
    ]
    const ofFirstOrder = [
      'clip_background_moves',
      'clip_cropped',
      'clip_rest_chosen',
      'clip_several_faces',
      'clip_shaky',
      'motion_limited',
    ]
    const scaled = ['enlarged_2x', 'enlarged_4x'] // f"enlarged_{scale}x"
    const known = [...texts.en.keys()].flatMap((key) => (key.startsWith('note.') ? [key.slice(5)] : []))
    expect(known.sort()).toEqual([...new Set([...made, ...scaled, ...ofGfpgan, ...ofFirstOrder])].sort())
  })

  it('name no text that nothing shows', () => {
    const shown = readdirSync(join(import.meta.dirname, '../..'), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(vue|ts)$/.test(path) && !path.includes('__tests__'))
      .map((path) => source(`frontend/src/${path}`))
      .join('\n')
    const made =
      /^(error|note|stage|job|option|animate\.noFace|faces\.(left|middle|right)$|faceModel|faceNote|weightFailure|weightReason|weightState|weights\.cop|engine\.first_order$|camera\.\w+(Title|Text)$|clipCheck\.|expression\.failed\.|filmGrade\.|filmQuality\.|filmUnit\.)/ // put together from what the server says
    const unused = [...texts.en.keys()].filter((key) => !made.test(key) && !shown.includes(key))
    expect(unused.filter((key) => !key.startsWith('app.theme.'))).toEqual([])
  })

  it('have words for every stage of a job', () => {
    const [, stages = ''] = /^class Stage\b(.*?)^(?=\S)/ms.exec(source('backend/domain/jobs.py')) ?? []
    const named = [...stages.matchAll(/^ {4}[A-Z_]+ = "(\w+)"$/gm)].map((match) => match[1])
    const known = [...texts.en.keys()].flatMap((key) => (key.startsWith('stage.') ? [key.slice(6)] : []))
    expect(known.length).toBeGreaterThan(10)
    expect(known.sort()).toEqual(named.sort())
  })
})

describe('preferredLocale', () => {
  it('follows the browser’s first language that there are words for', () => {
    expect(preferredLocale(['zh-TW', 'en'])).toBe('zh-CN')
    expect(preferredLocale(['fr', 'en-GB', 'zh'])).toBe('en')
    expect(preferredLocale(['fr'])).toBe('en')
  })

  it('prefers what was chosen before', () => {
    localStorage.setItem('jiuying.locale', '"zh-CN"')
    expect(preferredLocale(['en'])).toBe('zh-CN')
    localStorage.clear()
  })
})
