/** From no model to a saved face, against a server whose model files can really be fetched and used. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import {
  choosePhotos,
  decodePicture,
  expect,
  expectNothingCutOff,
  keepScreenshot,
  lookAt,
  redsOf,
  test,
} from './fixtures'
import { modelWords } from './modelWords'

interface SeenJob {
  id: string
  result: { faces: { used: boolean; layer: Record<'x' | 'y' | 'width' | 'height', number> | null }[] } | null
}

const MODEL = join(process.env.E2E_MODELS_DIR ?? '', 'weights', 'GFPGANv1.4.pth')

test.use({ baseURL: `http://127.0.0.1:${process.env.E2E_MODELS_PORT}` })

test.beforeEach(() => {
  rmSync(MODEL, { force: true }) // another project has fetched it
})

/** The reds of a square in the middle of a face's canvas, row by row. */
async function middleOf(canvas: Locator): Promise<number[]> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const copy = document.createElement('canvas') // reading the canvas itself would slow it down for good
    copy.width = copy.height = 32
    const context = copy.getContext('2d', { willReadFrequently: true })
    context?.drawImage(element, 16 - Math.floor(element.width / 2), 16 - Math.floor(element.height / 2))
    return [...(context?.getImageData(0, 0, 32, 32).data ?? [])].filter((_, index) => index % 4 === 0)
  })
}

const farthest = (one: number[], other: number[]): number =>
  Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? 0))))

const meanDistance = (one: number[], other: number[]): number =>
  one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)

test('a model is fetched, restores two faces, and is mixed with the photo', async ({
  page,
  photos,
  words,
  locale,
  complaints,
}, info) => {
  const say = modelWords(locale)
  await page.goto('/')
  await choosePhotos(page, photos.twoPeople)
  await expect(page.locator('.strip')).toContainText(words.done)

  // It is not here: nothing is fetched before somebody says so.
  await page.locator('.options > summary').click()
  const gfpgan = page.locator('.options input[value=gfpgan]')
  await expect(gfpgan).toBeDisabled()
  await keepScreenshot(page, '13-engines', info.project.name)
  await page.getByRole('button', { name: say.get }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(say.needs)
  await expectNothingCutOff(dialog)
  await lookAt(page, '14-models', info.project.name)
  await dialog.getByRole('button', { name: say.downloadAll }).click()
  await expect(dialog).toContainText(say.ready)
  await keepScreenshot(page, '14-ready', info.project.name)
  await dialog.getByRole('button', { name: say.close }).click()

  await gfpgan.check()
  await page.getByText(say.settings).click()
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await lookAt(page, '16-settings', info.project.name)
  await page.getByRole('button', { name: say.again }).click()
  await expect(page.locator('.notes')).toContainText(say.madeBy)

  // Sliding asks nobody anything: the layers are here already.
  const canvases = page.locator('.layers canvas')
  await expect(canvases).toHaveCount(2)
  const slider = page.getByRole('slider', { name: say.fidelity })
  await slider.focus()
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  await page.keyboard.press('End')
  await expect(page.locator('.compare')).toContainText(say.preview)
  await expect(slider).toHaveValue('1')
  const photo = await middleOf(canvases.first())
  for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowLeft')
  await expect(slider).toHaveValue('0.5')
  await expect.poll(async () => farthest(await middleOf(canvases.first()), photo)).toBeGreaterThan(4)
  expect(requests).toEqual([])

  await page.getByRole('button', { name: say.chooseFaces }).click()
  const second = page.locator('.marks').getByRole('button', { name: say.face2 })
  await second.click()
  await expect(second).toHaveAccessibleName(new RegExp(`${say.left}$`))
  await page.locator('.compare').scrollIntoViewIfNeeded()
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await lookAt(page, '17-faces', info.project.name)
  const shown = await middleOf(canvases.first())

  const saving = page.waitForResponse((answer) => answer.url().endsWith('/restore'))
  await page.getByRole('button', { name: say.save }).click()
  const { id } = (await (await saving).json()) as SeenJob
  await expect(page.locator('.strip')).toContainText(words.done)
  await expect(page.locator('.compare')).not.toContainText(say.preview)
  await expect(slider).toHaveValue('0.5')
  await keepScreenshot(page, '18-saved', info.project.name)

  const job = (await (await page.request.get(`/api/v1/jobs/${id}`)).json()) as SeenJob
  expect(job).toMatchObject({ engine: 'gfpgan', options: { fidelity: 0.5, face_ids: [0] } })
  expect(job.result?.faces.map(({ used }) => used)).toEqual([true, false])
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: words.savePhoto }).click()
  const path = await (await downloading).path()
  expect(decodePicture(path)).toEqual({ format: 'PNG', width: 1280, height: 768 })
  const layer = job.result?.faces[0]?.layer
  if (!layer) throw new Error('the first face has no layer')
  const left = layer.x + Math.floor(layer.width / 2) - 16
  const top = layer.y + Math.floor(layer.height / 2) - 16
  // What was shown is what was made. The stored layers are WebP, which is off by a few levels here and there.
  expect(meanDistance(redsOf(path, left, top, 32), shown)).toBeLessThan(4)

  await page.reload()
  await expect(page.locator('.strip')).toContainText(words.done)
  await page.locator('.options > summary').click()
  await expect(gfpgan).toBeChecked() // remembered

  rmSync(MODEL)
  await page.getByRole('button', { name: say.again }).click()
  await expect(page.getByRole('alert')).toContainText(say.gone)
  await keepScreenshot(page, '18-gone', info.project.name)
  await page.getByRole('alert').getByRole('button', { name: say.open }).click()
  await expect(dialog).toContainText(say.needs)
  // The browser itself writes a line for the request that failed: it was made to.
  expect(complaints.every((text) => text.includes('503'))).toBe(true)
  complaints.length = 0
})
