/** Where a zoomed picture lies in its window: pure arithmetic, in CSS pixels. */

export interface Size {
  width: number
  height: number
}

export interface View {
  /** 1 = the whole picture fits. */
  zoom: number
  /** From the window's centre to the picture's centre. */
  panX: number
  panY: number
}

export interface Rect {
  left: number
  top: number
  width: number
  height: number
}

export const WHOLE: View = { zoom: 1, panX: 0, panY: 0 }
const MOST = 16

/** CSS pixels per picture pixel at zoom 1. */
export function fitScale(picture: Size, window: Size): number {
  if (!picture.width || !picture.height) return 1
  return Math.min(window.width / picture.width, window.height / picture.height)
}

export function pictureRect(picture: Size, window: Size, view: View): Rect {
  const scale = fitScale(picture, window) * view.zoom
  const width = picture.width * scale
  const height = picture.height * scale
  return {
    left: (window.width - width) / 2 + view.panX,
    top: (window.height - height) / 2 + view.panY,
    width,
    height,
  }
}

/** The zoom at which one picture pixel is one pixel of the screen. */
export function actualZoom(picture: Size, window: Size, pixelRatio: number): number {
  return 1 / (fitScale(picture, window) * pixelRatio)
}

/** `view` zoomed by `factor` so that the point under the pointer (from the window's centre) stays there. */
export function zoomAt(view: View, factor: number, x: number, y: number, least: number): View {
  const zoom = Math.min(Math.max(view.zoom * factor, Math.min(1, least)), Math.max(MOST, least))
  const ratio = zoom / view.zoom
  return { zoom, panX: x - (x - view.panX) * ratio, panY: y - (y - view.panY) * ratio }
}

/** `view` with the picture's edges not pulled inside the window's. */
export function keepInside(view: View, picture: Size, window: Size): View {
  const rect = pictureRect(picture, window, view)
  const roomX = Math.max(0, (rect.width - window.width) / 2)
  const roomY = Math.max(0, (rect.height - window.height) / 2)
  return {
    zoom: view.zoom,
    panX: Math.min(Math.max(view.panX, -roomX), roomX),
    panY: Math.min(Math.max(view.panY, -roomY), roomY),
  }
}

export interface Covered {
  left: number
  right: number
  top: number
  bottom: number
}

/** The part of the window that the picture covers: where a divider can be. */
export function coveredPart(rect: Rect, window: Size): Covered {
  return {
    left: Math.max(0, rect.left),
    right: Math.min(window.width, rect.left + rect.width),
    top: Math.max(0, rect.top),
    bottom: Math.min(window.height, rect.top + rect.height),
  }
}
