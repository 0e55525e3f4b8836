import type { Engine, Weight, WeightList } from '@/api/wire'

/** A missing file of weights of the recommended set, changed as a test needs it. */
export function aWeight(changes: Partial<Weight> = {}): Weight {
  return {
    name: 'v1.4',
    file: 'GFPGANv1.4.pth',
    engine: 'gfpgan',
    role: 'face',
    model: 'v1.4',
    refusal: null,
    failure: null,
    default: true,
    has_address: true,
    state: 'missing',
    bytes: 348_000_000,
    bytes_so_far: 0,
    licence: 'Apache-2.0',
    licence_note: '',
    commercial_use: true,
    purpose: 'Restores faces',
    ...changes,
  }
}

/** The engine `gfpgan` with one model, not installed unless a test says so. */
export function aGfpgan(changes: Partial<Engine> = {}): Engine {
  const isInstalled = changes.installed ?? false
  return {
    task: 'restore',
    name: 'gfpgan',
    installed: isInstalled,
    reason: isInstalled ? null : 'weights_missing',
    needs_weights: true,
    version: null,
    models: [
      {
        name: 'v1.4',
        installed: isInstalled,
        licence: 'Apache-2.0',
        purpose: 'Restores faces',
        commercial_use: true,
        weights: 'v1.4',
      },
    ],
    ...changes,
  }
}

export function aList(items: Weight[], mayDownload = true): WeightList {
  return { items, next_cursor: null, may_download: mayDownload }
}

/** The engine `first_order` with one model, not installed unless a test says so. */
export function aFirstOrder(changes: Partial<Engine> = {}): Engine {
  const isInstalled = changes.installed ?? false
  const model = {
    name: 'vox-cpk',
    installed: isInstalled,
    licence: 'MIT',
    purpose: 'Moves portraits',
    commercial_use: false,
    weights: 'vox-cpk',
  }
  return aGfpgan({ task: 'animate', name: 'first_order', models: [model], ...changes })
}
