import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { useKeptPhotos, type UseKeptPhotosReturn } from '../useKeptPhotos'
import type { KeptPhoto } from '../usePhoto'

let scope: EffectScope
beforeEach(() => {
  scope = effectScope()
})
afterEach(() => scope.stop())

function aPhoto(key: string): KeptPhoto {
  return { key, name: `${key}.jpg`, jobId: `job-${key}`, films: [] }
}

function aStorage(text: string | null = null) {
  const storage = {
    text,
    getItem: () => storage.text,
    setItem: (_key: string, value: string) => (storage.text = value),
  }
  return storage
}

function keep(
  storage = aStorage(),
  onElsewhere: (kept: KeptPhoto[], gone: string[]) => void = () => undefined,
) {
  return scope.run(() => useKeptPhotos({ storage, onElsewhere })) as UseKeptPhotosReturn
}

describe('useKeptPhotos', () => {
  it('keeps what two tabs put on the table', () => {
    const storage = aStorage()
    const [here, there] = [keep(storage), keep(storage)]
    here.write([aPhoto('a')])
    there.write([aPhoto('b')])
    here.write([aPhoto('a'), aPhoto('c')])
    expect(here.read().map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  })

  it('drops a photo that was forgotten, and only that one', () => {
    const keeping = keep()
    keeping.write([aPhoto('a'), aPhoto('b')])
    keeping.forget('a')
    keeping.write([aPhoto('b')])
    expect(keeping.read().map(({ key }) => key)).toEqual(['b'])
  })

  it('tells what another tab added and took away', () => {
    const heard: unknown[] = []
    keep(aStorage(), (kept, gone) =>
      heard.push(
        kept.map(({ key }) => key),
        gone,
      ),
    )
    const event = new Event('storage')
    Object.assign(event, {
      key: 'jiuying.photos',
      oldValue: JSON.stringify([aPhoto('a')]),
      newValue: JSON.stringify([aPhoto('b')]),
    })
    window.dispatchEvent(event)
    expect(heard).toEqual([['b'], ['a']])
  })

  it.each(['{', '"text"', null])('reads %s as nothing kept', (text) => {
    expect(keep(aStorage(text)).read()).toEqual([])
  })
})
