import { describe, expect, it } from 'vitest'
import { atlasRow, canvasSize, drawBlend, layerStyle } from '../faceLayers'
import { aLayer } from './builders'

/** One colour of the canvas after these drawings, as a browser mixes them. */
function mixed(fidelity: number, photo: number, model: number): number {
  const layer = aLayer({ row_y: 300 })
  const { before } = atlasRow(layer)
  let colour = 0
  const context = {
    canvas: { width: 80, height: 100 },
    globalAlpha: 1,
    drawImage(_: unknown, left: number) {
      const drawn = left === before.left ? photo : model
      colour = (1 - this.globalAlpha) * colour + this.globalAlpha * drawn
    },
  }
  drawBlend(context as unknown as CanvasRenderingContext2D, new Image(), layer, fidelity)
  return colour
}

describe('drawBlend', () => {
  it('mixes photo and model as the server does', () => {
    const [photo, model] = [40, 200]
    for (const fidelity of [0, 0.25, 0.5, 1]) {
      expect(mixed(fidelity, photo, model)).toBeCloseTo((1 - fidelity) * model + fidelity * photo, 9)
    }
  })
})

describe('atlasRow', () => {
  it('has the photo on the left and the model on the right, from its row down', () => {
    const { before, after } = atlasRow(aLayer({ row_y: 300, row_width: 41, row_height: 51, scale: 0.51 }))
    expect(before).toEqual({ left: 0, top: 300, width: 41, height: 51 })
    expect(after).toEqual({ left: 41, top: 300, width: 41, height: 51 })
  })
})

describe('canvasSize', () => {
  it('is what the atlas has', () => {
    expect(canvasSize(aLayer())).toEqual({ width: 80, height: 100 })
  })

  it('stays small enough to follow a slider, however large the face', () => {
    const { width, height } = canvasSize(aLayer({ row_width: 2048, row_height: 2731 }))
    expect(width * height).toBeLessThanOrEqual(2_000_000)
    expect(width / height).toBeCloseTo(2048 / 2731, 2)
  })
})

describe('layerStyle', () => {
  it('places a face by shares of the picture, so that it zooms with it', () => {
    const style = layerStyle(aLayer(), { width: 400, height: 200 })
    expect(style).toEqual({ left: '10%', top: '10%', width: '20%', height: '50%' })
  })
})
