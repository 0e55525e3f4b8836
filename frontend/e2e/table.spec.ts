import { join } from 'node:path'
import { choosePhotos, expect, keepScreenshot, test } from './fixtures'

const CLIP = join(import.meta.dirname, '../../driving_videos/nod.mp4')

test('several photos stand in line, one is cancelled and tried again, one is taken away', async ({
  page,
  photos,
  words,
}) => {
  await page.goto('/')
  await choosePhotos(page, photos.portrait, photos.landscape, photos.portrait, photos.landscape)
  const cards = page.locator('.strip .card')
  await expect(cards).toHaveCount(4)
  await cards.nth(3).locator('.open').click()
  await page.getByRole('button', { name: words.cancel, exact: true }).click()
  await expect(page.getByRole('alert')).toContainText(words.cancelled)
  await expect(page.locator('.strip .done')).toHaveCount(3)

  await page.getByRole('button', { name: words.retry }).click()
  await expect(page.locator('.strip .done')).toHaveCount(4)
  await page.reload()
  await expect(page.locator('.strip .done')).toHaveCount(4)

  await cards.nth(3).locator('.remove').click()
  await expect(cards).toHaveCount(3)
  await expect(cards.first().locator('.open')).toBeFocused()
})

test('a clip of one’s own moves the photo', async ({ page, photos, words }) => {
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)
  await page.locator('.own input[type=file]').setInputFiles(CLIP)
  await page.getByRole('button', { name: words.agree }).click()
  await expect(page.locator('video')).toBeVisible({ timeout: 60_000 })
  const saving = page.waitForEvent('download')
  await page.getByRole('link', { name: words.saveFilm }).click()
  expect((await saving).suggestedFilename()).toMatch(/^外婆 1962_.*\.mp4$/)
})

test('a picture can be pasted, and one dropped on any part of the page', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.evaluate(async () => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 64
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve))
    const carry = (name: string) => {
      const data = new DataTransfer()
      data.items.add(new File([blob as Blob], name, { type: 'image/png' }))
      return data
    }
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carry('pasted.png') }))
    const init = { dataTransfer: carry('dropped.png'), bubbles: true }
    document.querySelector('footer')?.dispatchEvent(new DragEvent('drop', init))
  })
  await expect(page.locator('.strip .done')).toHaveCount(2)
  await expect(page.locator('.strip')).toContainText('pasted.png')
  await expect(page.locator('.strip')).toContainText('dropped.png')
})

test('two tabs have the same table', async ({ page, photos, context }) => {
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip .done')).toHaveCount(1)
  const other = await context.newPage()
  await other.goto('/')
  await expect(other.locator('.strip .done')).toHaveCount(1)

  await choosePhotos(other, photos.landscape)
  await expect(page.locator('.strip .done')).toHaveCount(2)
  await page.locator('.strip .remove').first().click()
  await expect(other.locator('.strip .card')).toHaveCount(1)
})

test('a visit that was lost is said, and the photo can be sent again', async ({
  page,
  photos,
  words,
  context,
  complaints,
}) => {
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip .done')).toHaveCount(1)
  await context.clearCookies()

  await page.getByRole('group').getByRole('button', { name: words.nod }).click()
  await page.getByRole('button', { name: words.agree }).click()
  await expect(page.locator('.banner')).toContainText(words.forgotten)
  await page.getByRole('button', { name: words.retry }).click()
  await expect(page.locator('.strip .done')).toHaveCount(1)

  // The browser itself writes a line for every 4xx: these are wanted.
  expect(complaints.every((text) => /status of 40[134]/.test(text))).toBe(true)
  complaints.length = 0
})

test('the photos are still there after a reload', async ({ page, photos, words }) => {
  await page.goto('/')
  await choosePhotos(page, photos.portrait, photos.landscape)
  await expect(page.locator('.strip .done')).toHaveCount(2)

  await page.reload()

  await expect(page.locator('.strip')).toContainText('外婆 1962.png')
  await expect(page.locator('.strip .done')).toHaveCount(2)
  await expect(page.getByRole('slider', { name: words.slider })).toBeAttached()
})

test('a photo with nobody in it is restored, and the film is refused kindly', async ({
  page,
  photos,
  words,
}, info) => {
  await page.goto('/')
  await choosePhotos(page, photos.landscape)
  await expect(page.locator('.strip')).toContainText(words.done)

  await page.getByRole('group').getByRole('button', { name: words.nod }).click()
  await page.getByRole('button', { name: words.agree }).click()

  await expect(page.getByRole('alert')).toContainText(words.noFace)
  await expect(page.getByRole('link', { name: words.savePhoto })).toBeVisible()
  await keepScreenshot(page, '4-no-face', info.project.name)
})
