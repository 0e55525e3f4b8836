import { writeFileSync } from 'node:fs'
import { choosePhotos, expect, expectNoBarriers, keepScreenshot, test } from './fixtures'

for (const theme of ['light', 'dark'] as const) {
  test(`no barrier that axe can see, ${theme}`, async ({ page, photos, words }, info) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.goto('/')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectNoBarriers(page)

    await choosePhotos(page, photos.portrait)
    await expect(page.locator('.strip')).toContainText(words.done)
    for (const folded of await page.locator('summary:visible').all()) await folded.click()
    await expectNoBarriers(page)
    await keepScreenshot(page, `5-options-${theme}`, info.project.name)

    await page.getByRole('group').getByRole('button', { name: words.nod }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectNoBarriers(page)
    await keepScreenshot(page, `6-consent-${theme}`, info.project.name)
  })
}

test('the page never scrolls sideways', async ({ page, photos, words }) => {
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect(await overflow()).toBeLessThanOrEqual(0)
  await choosePhotos(page, photos.portrait, photos.portrait, photos.landscape)
  await expect(page.locator('.strip')).toContainText(words.done)
  expect(await overflow()).toBeLessThanOrEqual(0)
})

test('language and look can be chosen, and are remembered', async ({ page }) => {
  await page.goto('/')
  const root = page.locator('html')
  const before = await root.getAttribute('lang')
  await page.locator('.language').click()
  await expect(root).not.toHaveAttribute('lang', before ?? '')
  const chosen = await root.getAttribute('lang')
  await page.locator('.tools .icon-button').click()
  await page.locator('.tools .icon-button').click()
  await expect(root).toHaveAttribute('data-theme', 'dark')

  await page.reload()

  await expect(root).toHaveAttribute('lang', chosen ?? '')
  await expect(root).toHaveAttribute('data-theme', 'dark')
})

test('an address that does not exist is answered kindly, old ones lead home', async ({ page }) => {
  await page.goto('/login')
  await expect(page).toHaveURL(/\/$/)
  await page.goto('/nowhere/at/all')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.locator('main a').click()
  await expect(page).toHaveURL(/\/$/)
})

test('a file that is no photo is refused with advice', async ({ page, complaints }, info) => {
  const path = info.outputPath('不是照片.png')
  writeFileSync(path, 'plain text')
  await page.goto('/')
  await choosePhotos(page, path)
  await expect(page.getByRole('alert')).toContainText('JPEG')
  await keepScreenshot(page, '7-failure', info.project.name)
  // The browser itself writes a line for every 4xx; this one is wanted, and nothing else may be there.
  expect(complaints).toEqual([expect.stringContaining('415')])
  complaints.length = 0
})
