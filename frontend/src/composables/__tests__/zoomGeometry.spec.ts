import { describe, expect, it } from 'vitest'
import { actualZoom, coveredPart, keepInside, pictureRect, WHOLE, zoomAt } from '../zoomGeometry'

const picture = { width: 200, height: 400 }
const window_ = { width: 300, height: 200 }

describe('zoomGeometry', () => {
  it('fits the whole picture, centred', () => {
    expect(pictureRect(picture, window_, WHOLE)).toEqual({ left: 100, top: 0, width: 100, height: 200 })
  })

  it('shows one picture pixel on one screen pixel at 1:1', () => {
    const zoom = actualZoom(picture, window_, 2)
    expect(pictureRect(picture, window_, { ...WHOLE, zoom }).width * 2).toBe(picture.width)
  })

  it('keeps the point under the pointer where it is', () => {
    const before = pictureRect(picture, window_, WHOLE)
    const after = pictureRect(picture, window_, zoomAt(WHOLE, 3, 20, -40, 1))
    const at = { x: 150 + 20, y: 100 - 40 }
    expect((at.x - after.left) / after.width).toBeCloseTo((at.x - before.left) / before.width)
    expect((at.y - after.top) / after.height).toBeCloseTo((at.y - before.top) / before.height)
  })

  it('does not zoom out beyond the whole picture', () => {
    expect(zoomAt(WHOLE, 0.1, 0, 0, 2).zoom).toBe(1)
  })

  it('does not let the picture be pulled out of the window', () => {
    const view = keepInside({ zoom: 4, panX: 9999, panY: -9999 }, picture, window_)
    const rect = pictureRect(picture, window_, view)
    expect(rect.left).toBe(0)
    expect(rect.top + rect.height).toBe(window_.height)
  })

  it('puts the divider over the visible part of the picture', () => {
    expect(coveredPart(pictureRect(picture, window_, WHOLE), window_)).toEqual({
      left: 100,
      right: 200,
      top: 0,
      bottom: 200,
    })
    expect(coveredPart(pictureRect({ width: 300, height: 100 }, window_, WHOLE), window_)).toMatchObject({
      top: 50,
      bottom: 150,
    })
    expect(coveredPart(pictureRect(picture, window_, { ...WHOLE, zoom: 9 }), window_)).toMatchObject({
      left: 0,
      right: 300,
    })
  })
})
