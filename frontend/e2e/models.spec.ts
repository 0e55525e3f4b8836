/** Model files in states that no server can be brought into at will: these answers are played. */
import { choosePhotos, expect, expectNothingCutOff, keepScreenshot, lookAt, test } from './fixtures'
import { ModelServer } from './modelServer'
import { modelWords } from './modelWords'

test('a slow download shows how far it is, and can be stopped', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = modelWords(locale)
  await new ModelServer(page, locale).serve()
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)
  await page.locator('.options > summary').click()
  await page.getByRole('button', { name: say.get }).click()
  const dialog = page.getByRole('dialog')

  await dialog.getByRole('button', { name: say.downloadAll }).click()

  await expect(dialog).toContainText(say.moving)
  await expect(dialog.getByRole('button', { name: say.stop }).first()).toBeVisible()
  await keepScreenshot(page, '15-downloading', info.project.name)
  await expect(dialog).toContainText(say.ready)
  await dialog.getByRole('button', { name: say.close }).click()
  await expect(page.locator('.options input[value=gfpgan]')).toBeEnabled()
})

test('files that cannot be had here are explained', async ({ page, locale, complaints }, info) => {
  const say = modelWords(locale)
  const server = new ModelServer(page, locale)
  server.mayDownload = false
  const [face, detector] = server.weights
  if (face) Object.assign(face, { state: 'refused', refusal: 'checksum', soFar: face.bytes })
  if (detector) Object.assign(detector, { state: 'partial', soFar: 40_000_000, failure: 'network' })
  await server.serve()
  await page.goto('/')
  await page.getByRole('button', { name: say.open }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(say.refused)
  await expect(dialog).toContainText('python -m backend weights download retinaface-mobile0.25')
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
