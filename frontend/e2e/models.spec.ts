/** Restoring with a model. The engine itself is played (see `modelServer.ts`); all else is the real thing. */
import { dirname } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { choosePhotos, expect, expectNoBarriers, keepScreenshot, switchTheme, test, THEMES } from './fixtures'
import { LAYERS, ModelServer } from './modelServer'

interface ModelWords {
  get: string
  needs: RegExp
  downloadAll: RegExp
  stop: RegExp
  moving: RegExp
  ready: string
  close: string
  settings: string
  again: string
  madeBy: string
  fidelity: string
  chooseFaces: string
  face2: RegExp
  left: string
  preview: string
  save: string
  open: string
  refused: string
  broken: string
  retry: string
}
const ZH: ModelWords = {
  get: '怎样获取',
  needs: /GFPGAN 推荐的一组文件：2 个，共 458 MB/,
  downloadAll: /下载缺少的文件（458 MB）/,
  stop: /停止下载/,
  moving: /\d+ MB \/ 349 MB/,
  ready: 'GFPGAN 可以用了。',
  close: '关闭',
  settings: 'GFPGAN 的设置',
  again: '按这些选项再修复一次',
  madeBy: '2 张脸由 GFPGAN v1.4 修复，其余画面由内置引擎修复',
  fidelity: '像模型还是像照片',
  chooseFaces: '选择脸',
  face2: /^第 2 张脸（共 2 张），右边/,
  left: '保持原样',
  preview: '预览，尚未保存',
  save: '保存这些改动',
  open: '引擎与模型',
  refused: '内容与作者发布的不一致',
  broken: '连接中断了',
  retry: '再试一次',
}
const EN: ModelWords = {
  get: 'How to get it',
  needs: /recommended set for GFPGAN: 2 files, 458 MB in all/,
  downloadAll: /Download what is missing \(458 MB\)/,
  stop: /^Stop /,
  moving: /\d+ MB of 349 MB/,
  ready: 'GFPGAN is ready.',
  close: 'Close',
  settings: 'GFPGAN settings',
  again: 'Restore again with these',
  madeBy: '2 faces by GFPGAN v1.4, the rest by the built-in engine',
  fidelity: 'Like the model or like the photo',
  chooseFaces: 'Choose faces',
  face2: /^Face 2 of 2, right/,
  left: 'Left as it was',
  preview: 'Preview, not saved yet',
  save: 'Save these changes',
  open: 'Engines and models',
  refused: 'differs from what its authors published',
  broken: 'The connection broke',
  retry: 'Try again',
}

/** The middle pixel of a face's canvas. */
async function middleOf(canvas: Locator): Promise<number[]> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const copy = document.createElement('canvas') // reading the canvas itself would slow it down for good
    copy.width = copy.height = 1
    const context = copy.getContext('2d', { willReadFrequently: true })
    context?.drawImage(element, -Math.floor(element.width / 2), -Math.floor(element.height / 2))
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])]
  })
}

/** Nothing in the dialog is cut off at its side. */
async function expectNothingCutOff(dialog: Locator): Promise<void> {
  const body = dialog.locator('.el-dialog__body')
  expect(await body.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0)
}

async function lookAt(page: Page, name: string, project: string): Promise<void> {
  for (const theme of THEMES) {
    await switchTheme(page, theme)
    await expectNoBarriers(page)
    await keepScreenshot(page, `${name}-${theme}`, project)
  }
}

/** Beyond the screen, not the window: a phone's window grows with what does not fit. */
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.screen.width)

test('a model is fetched, restores two faces, and is mixed with the photo', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const isChinese = locale?.startsWith('zh') ?? false
  const say = isChinese ? ZH : EN
  const server = new ModelServer(page, dirname(photos.twoPeople), isChinese)
  await server.serve()
  await page.goto('/')
  await choosePhotos(page, photos.twoPeople)
  await expect(page.locator('.strip')).toContainText(words.done)

  // It is not here: nothing is fetched before somebody says so.
  await page.locator('.options > summary').click()
  const gfpgan = page.locator('.options input[value=gfpgan]')
  await expect(gfpgan).toBeDisabled()
  await lookAt(page, '13-engines', info.project.name)
  await page.getByRole('button', { name: say.get }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(say.needs)
  await expectNothingCutOff(dialog)
  await lookAt(page, '14-models', info.project.name)
  await dialog.screenshot({ path: `test-results/screens/14-dialog-${info.project.name}.png` })
  await dialog.getByRole('button', { name: say.downloadAll }).click()
  await expect(dialog).toContainText(say.moving)
  await expect(dialog.getByRole('button', { name: say.stop }).first()).toBeVisible()
  await keepScreenshot(page, '15-downloading', info.project.name)
  await expect(dialog).toContainText(say.ready)
  await dialog.getByRole('button', { name: say.close }).click()

  await gfpgan.check()
  await page.getByText(say.settings).click()
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await lookAt(page, '16-settings', info.project.name)
  await page.getByRole('button', { name: say.again }).click()
  await expect(page.locator('.notes')).toContainText(say.madeBy)

  // Sliding asks nobody anything: the layers are here already.
  await expect(page.locator('.layers canvas')).toHaveCount(LAYERS.length)
  const slider = page.getByRole('slider', { name: say.fidelity })
  await slider.focus()
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  await page.keyboard.press('ArrowRight')
  const canvas = page.locator('.layers canvas')
  await expect(page.locator('.compare')).toContainText(say.preview)
  await expect.poll(async () => (await middleOf(canvas.first()))[3]).toBe(255)
  const nearModel = (await middleOf(canvas.first()))[0] ?? 0
  await page.keyboard.press('End')
  await expect.poll(async () => (await middleOf(canvas.first()))[0]).not.toBe(nearModel)
  const photoOnly = (await middleOf(canvas.first()))[0] ?? 0
  for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowLeft')
  await expect(slider).toHaveValue('0.5')
  const model = photoOnly + (nearModel - photoOnly) / 0.95
  await expect
    .poll(async () => Math.abs(((await middleOf(canvas.first()))[0] ?? 0) - (model + photoOnly) / 2))
    .toBeLessThanOrEqual(2) // each of the three was rounded to 8 bits
  expect(requests).toEqual([])

  await page.getByRole('button', { name: say.chooseFaces }).click()
  const second = page.locator('.marks').getByRole('button', { name: say.face2 })
  await second.click()
  await expect(second).toHaveAccessibleName(new RegExp(`${say.left}$`))
  await page.locator('.compare').scrollIntoViewIfNeeded()
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await lookAt(page, '17-faces', info.project.name)

  await page.getByRole('button', { name: say.save }).click()
  await expect(page.locator('.strip')).toContainText(words.done)
  await expect(page.locator('.compare')).not.toContainText(say.preview)
  expect(server.asked.at(-1)).toMatchObject({
    engine: 'gfpgan',
    model: 'v1.4',
    fidelity: '0.5',
    face_ids: '0',
  })
  await expect(slider).toHaveValue('0.5')
  await keepScreenshot(page, '18-saved', info.project.name)

  await page.reload()
  await expect(page.locator('.strip')).toContainText(words.done)
  await page.locator('.options > summary').click()
  await expect(gfpgan).toBeChecked() // remembered
})

test('files that cannot be had here are explained', async ({ page, locale, photos, complaints }, info) => {
  const isChinese = locale?.startsWith('zh') ?? false
  const say = isChinese ? ZH : EN
  const server = new ModelServer(page, dirname(photos.portrait), isChinese)
  server.mayDownload = false
  const [face, detector] = server.weights
  if (face) Object.assign(face, { state: 'refused', refusal: 'checksum', soFar: face.bytes })
  if (detector) Object.assign(detector, { state: 'partial', soFar: 40_000_000, failure: 'network' })
  await server.serve()
  await page.goto('/')
  await page.getByRole('button', { name: say.open }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(say.refused)
  await expect(dialog).toContainText('python -m backend weights download retinaface-r50')
  await expect(dialog).toContainText(say.broken)
  await expectNothingCutOff(dialog)
  await lookAt(page, '19-operator', info.project.name)
  await dialog.screenshot({ path: `test-results/screens/19-dialog-${info.project.name}.png` })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  server.isAway = true
  await page.getByRole('button', { name: say.open }).click()
  await expect(dialog.getByRole('alert').first()).toBeVisible()
  await keepScreenshot(page, '20-away', info.project.name)
  server.isAway = false
  await dialog.getByRole('button', { name: say.retry }).click()
  await expect(dialog.getByRole('button', { name: say.retry })).toBeHidden()

  // The browser itself writes a line for every request that failed: this one was made to.
  expect(complaints.every((text) => text.includes('ERR_FAILED'))).toBe(true)
  complaints.length = 0
})
