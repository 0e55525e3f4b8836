/** A clip of one's own: the film that follows it, what is said of it, and its motion kept for other photos. */
import { join } from 'node:path'
import { choosePhotos, expect, expectNothingCutOff, keepScreenshot, lookAt, test } from './fixtures'
import { motionWords } from './motionWords'

const CLIP = join(import.meta.dirname, '../../driving_videos/nod.mp4')

test('a film that follows a clip is told about, and its motion kept, renamed, used again and deleted', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = motionWords(locale)
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)
  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: say.choose }).click()
  await (await choosing).setFiles(CLIP)
  await page.getByRole('button', { name: words.agree }).click()
  await expect(page.locator('.window video')).toBeVisible({ timeout: 60_000 })

  const about = page.locator('.about')
  await expect(about).toContainText(say.about)
  await expect(about).toContainText(say.madeByBuiltin)
  await expect(about).toContainText(say.follows)
  await expect(about).toContainText(say.report)
  await keepScreenshot(page, '27-own-film', info.project.name)

  await about.getByRole('button', { name: say.keep }).click()
  const field = about.getByLabel(say.name)
  await expect(field).toBeFocused()
  await field.fill('点头 Nod')
  await lookAt(page, '28-keeping', info.project.name)
  await page.keyboard.press('Enter')
  await expect(about).toContainText('点头 Nod')
  const shelf = page.locator('.shelf')
  await expect(shelf).toContainText(say.shelf)
  const card = shelf.getByRole('button', { name: '点头 Nod', exact: true })
  await card.focus()
  const preview = shelf.locator('video')
  await expect.poll(() => preview.evaluate((video: HTMLVideoElement) => !video.paused)).toBe(true)
  await lookAt(page, '29-shelf', info.project.name)

  await shelf.getByRole('button', { name: say.edit }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(say.name).fill('慢慢点头')
  await expectNothingCutOff(dialog)
  await lookAt(page, '30-rename', info.project.name)
  await dialog.getByRole('button', { name: say.save }).click()
  await expect(dialog).toBeHidden()

  await page.reload()
  await shelf.getByRole('button', { name: '慢慢点头', exact: true }).click()
  await expect(page.locator('.tabs')).toContainText('慢慢点头')
  await expect(page.locator('.window video')).toBeVisible({ timeout: 60_000 })

  await shelf.getByRole('button', { name: say.edit }).click()
  await dialog.getByRole('button', { name: say.delete }).click()
  await expect(dialog.getByRole('alert')).toContainText('慢慢点头')
  await lookAt(page, '31-delete', info.project.name)
  await dialog.getByRole('button', { name: say.deleteIt, exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(shelf).toHaveCount(0)
  await expect(page.locator('.window video')).toBeVisible() // the film stays
})
