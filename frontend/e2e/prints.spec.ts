import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { choosePhotos, decodePicture, expect, keepScreenshot, test } from './fixtures'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const barriers = async (page: Page) => (await new AxeBuilder({ page }).withTags(RULES).analyze()).violations

test('a picture of a print: one tap cuts the photo out, and there is a way back', async ({
  page,
  photos,
  words,
}, info) => {
  const cards = page.locator('.strip .card')
  await page.goto('/')
  await choosePhotos(page, photos.ofPrint)
  await expect(page.locator('.strip')).toContainText(words.done)
  await expect(page.locator('.offer [role=status]')).toContainText(words.showsPrint)
  await expect(page.locator('.el-button--primary:visible')).toHaveText([words.cutOne]) // one thing stands out
  await keepScreenshot(page, '8-print-offered', info.project.name)

  await page.getByRole('button', { name: words.cutOne }).click()
  await expect(cards).toHaveCount(2)
  await expect(page.locator('.strip .done')).toHaveCount(2)
  await expect(page.locator('.strip [aria-current]')).toContainText('翻拍 2024_1.jpg')
  await expect(page.locator('.strip [aria-current]')).toBeInViewport({ ratio: 0.9 })
  await expect(page.locator('.offer [role=status]')).toContainText(words.cutFrom)
  await keepScreenshot(page, '9-print-cut', info.project.name)

  const saving = page.waitForEvent('download')
  await page.getByRole('link', { name: words.savePhoto }).click()
  const saved = decodePicture(await (await saving).path())
  expect(saved.height / saved.width).toBeGreaterThan(1.05) // upright as the print: 440 x 520

  await page.reload()
  await expect(page.locator('.strip .done')).toHaveCount(2)
  await cards.nth(1).locator('.open').click()
  await page.getByRole('button', { name: words.whole }).click()
  await expect(cards).toHaveCount(1)
  await expect(page.locator('.strip [aria-current]')).toContainText('翻拍 2024.jpg')
})

test('the corners are moved with the keyboard alone', async ({ page, photos, words }, info) => {
  await page.goto('/')
  await choosePhotos(page, photos.ofPrint)
  await page.getByRole('button', { name: words.adjust }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  const corner = dialog.getByRole('button', { name: words.topLeft })
  for (let i = 0; i < 8 && !(await corner.evaluate((one) => one === document.activeElement)); i += 1) {
    await page.keyboard.press('Tab')
  }
  await expect(corner).toBeFocused()

  const before = await corner.getAttribute('aria-label')
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('ArrowDown')

  await expect(corner).not.toHaveAttribute('aria-label', before ?? '')
  await expect(dialog.getByRole('status').filter({ hasText: words.topLeft })).toHaveCount(1)
  await expect(dialog.locator('.magnifier')).toBeVisible()
  await page.screenshot({ path: `test-results/screens/10-print-corner-${info.project.name}.png` })

  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('button', { name: words.adjust })).toBeFocused()
  await expect(page.locator('.strip .card')).toHaveCount(1)
})

test('outlines are dragged, added, removed and turned', async ({ page, photos, words }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto('/')
  await choosePhotos(page, photos.ofPrint)
  await page.getByRole('button', { name: words.adjust }).click()
  const dialog = page.getByRole('dialog')
  const corner = dialog.getByRole('button', { name: words.topLeft })
  const from = await corner.boundingBox()
  if (!from) throw new Error('the corner is not shown')
  const [x, y] = [from.x + from.width / 2, from.y + from.height / 2]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x + 20, y + 30, { steps: 4 })
  await expect(dialog.locator('.magnifier')).toBeVisible()
  await page.mouse.up()
  await expect(dialog.locator('.magnifier')).toBeHidden()
  const to = await corner.boundingBox()
  expect(Math.round((to?.x ?? 0) - from.x)).toBe(20)
  expect(Math.round((to?.y ?? 0) - from.y)).toBe(30)

  await dialog.getByRole('button', { name: words.addOutline }).click()
  await expect(dialog.locator('.outline')).toHaveCount(2)
  await dialog.getByRole('button', { name: words.turn }).click()
  await dialog.getByRole('button', { name: words.cutAll }).click()
  await expect(page.locator('.strip .done')).toHaveCount(3)

  await page.getByRole('button', { name: words.adjust }).click()
  await expect(dialog.locator('.outline')).toHaveCount(2) // as they were left
  await dialog.getByRole('button', { name: words.removeOutline, exact: true }).click()
  await dialog.getByRole('button', { name: words.cutOne, exact: true }).click()
  await expect(page.locator('.strip .card')).toHaveCount(2) // a new try takes the place of the last one
})

test('a scan of two prints becomes two photos', async ({ page, photos, words }, info) => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto('/')
  await choosePhotos(page, photos.ofTwo)
  await page.getByRole('button', { name: words.adjust }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.locator('.outline')).toHaveCount(2)
  await page.screenshot({ path: `test-results/screens/13-two-prints-${info.project.name}.png` })
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  await page.getByRole('button', { name: words.cutAll }).click()
  await expect(page.locator('.strip .done')).toHaveCount(3)
  await expect(page.locator('.strip')).toContainText('扫描 2023_2.png')
  await keepScreenshot(page, '14-two-cut', info.project.name)
})

for (const theme of ['light', 'dark'] as const) {
  test(`no barrier that axe can see around prints, ${theme}`, async ({ page, photos, words }, info) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.goto('/')
    await choosePhotos(page, photos.ofPrint)
    await expect(page.locator('.offer')).toContainText(words.showsPrint)
    expect(await barriers(page)).toEqual([])
    await keepScreenshot(page, `11-print-offered-${theme}`, info.project.name)
    await page.getByRole('button', { name: words.adjust }).click()
    await expect(page.getByRole('dialog').locator('.outline')).toBeVisible()
    expect(await barriers(page)).toEqual([])
    await page.screenshot({ path: `test-results/screens/12-print-editor-${theme}-${info.project.name}.png` })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
  })
}

test('a picture that could not be looked at says so, and is looked at again', async ({
  page,
  photos,
  words,
  complaints,
}) => {
  await page.route('**/prints/find', (route) => route.abort())
  await page.goto('/')
  await choosePhotos(page, photos.ofPrint)
  await expect(page.locator('.strip')).toContainText(words.done)
  await page.locator('.panel .prints').click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('alert')).toBeVisible()
  const cut = dialog.getByRole('button', { name: words.cutOne })
  await expect(cut).toBeDisabled()
  const back = (button: Locator) => button.evaluate((one) => getComputedStyle(one).backgroundColor)
  expect(await back(cut)).not.toBe(await back(dialog.getByRole('button', { name: words.retry })))

  await page.unroute('**/prints/find')
  await dialog.getByRole('button', { name: words.retry }).click()
  await expect(cut).toBeEnabled()

  expect(complaints.every((text) => text.includes('ERR_FAILED'))).toBe(true) // the browser's own lines
  complaints.length = 0
})
