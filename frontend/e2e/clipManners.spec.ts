/** What surrounds a clip of one's own: no camera over plain HTTP, a long way to the server, a full shelf. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { choosePhotos, expect, expectNothingCutOff, lookAt, test } from './fixtures'
import { motionWords } from './motionWords'

const CLIP = join(import.meta.dirname, '../../driving_videos/nod.mp4')

test('a phone on plain HTTP records with its camera app, and the way of its clip is shown', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = motionWords(locale)
  await page.addInitScript(() => {
    Object.defineProperty(HTMLInputElement.prototype, 'capture', { value: '', configurable: true })
    Object.defineProperty(window, 'isSecureContext', { get: () => false })
  })
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)

  await page.getByRole('button', { name: say.record }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('alert')).toContainText('https')
  const app = dialog.getByRole('button', { name: say.app })
  await expect(app).toBeFocused()
  await expectNothingCutOff(dialog)
  await lookAt(page, '41-plain-http', info.project.name)

  let isLetThrough = false
  await page.route(/\/api\/v1\/animate$/, async (route) => {
    await expect.poll(() => isLetThrough).toBe(true)
    await route.abort().catch(() => undefined) // called back by then
  })
  const choosing = page.waitForEvent('filechooser')
  await app.click()
  await (await choosing).setFiles(CLIP)
  await page.getByRole('button', { name: words.agree }).click()
  const sending = page.locator('.sending')
  await expect(sending.getByRole('progressbar')).toBeVisible()
  await lookAt(page, '42-clip-sending', info.project.name)
  await sending.getByRole('button', { name: words.cancel }).click()
  await expect(sending).toBeHidden()
  await expect(page.getByRole('alert')).toHaveCount(0)
  isLetThrough = true
  await page.unrouteAll({ behavior: 'wait' })
})

test('a full shelf of kept motions stays small until it is opened', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = motionWords(locale)
  const names = [
    '外婆听到好消息时的那种又惊又喜的大笑',
    'Grandmothers-unmistakable-halfsuppressed-smile',
    '眨眼',
  ]
  const items = Array.from({ length: 50 }, (_, place) => ({
    id: `e-${place}`,
    name: `${names[place % names.length] ?? ''} ${place + 1}`,
    duration_s: 3,
    created_at: '2026-01-01T00:00:00Z',
  }))
  await page.route(/\/api\/v1\/expressions$/, (route) =>
    route.fulfill({ json: { items, next_cursor: null } }),
  )
  const clip = readFileSync(CLIP)
  await page.route(/\/expressions\/[^/]+\/clip$/, (route) =>
    route.fulfill({ body: clip, contentType: 'video/mp4' }),
  )
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)

  const shelf = page.locator('.shelf')
  await expect(shelf.locator('li')).toHaveCount(8)
  await lookAt(page, '43-full-shelf', info.project.name)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  await shelf.getByRole('button', { name: say.showAll }).click()
  await expect(shelf.locator('li')).toHaveCount(50)
  await shelf.getByRole('button', { name: say.edit }).nth(1).click()
  await expectNothingCutOff(page.getByRole('dialog'))
  await lookAt(page, '44-long-name', info.project.name)
  await page.unrouteAll({ behavior: 'wait' })
})
