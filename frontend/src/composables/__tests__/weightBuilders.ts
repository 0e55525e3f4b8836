import type { Engine, Weight } from '@/api/wire'

/** A missing file of weights that may be downloaded, changed as a test needs it. */
export function aWeight(changes: Partial<Weight> = {}): Weight {
  return {
    name: 'gfpgan-v1.4',
    file: 'GFPGANv1.4.pth',
    engine: 'gfpgan',
    role: 'faces',
    state: 'missing',
    bytes: 348_000_000,
    bytes_so_far: null,
    licence: 'Apache-2.0',
    licence_note: null,
    commercial_use: true,
    purpose: 'Restores faces',
    may_download: true,
    ...changes,
  }
}

/** The engine `gfpgan` with one model of two files, not installed unless a test says so. */
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
        licence_note: null,
        purpose: 'Restores faces',
        bytes: 458_000_000,
        commercial_use: true,
        weights: ['GFPGANv1.4.pth', 'detection_Resnet50_Final.pth'],
      },
    ],
    ...changes,
  }
}
