import type { Page } from '@playwright/test'
import {
  choosePhotos,
  expect,
  expectNoBarriers,
  keepScreenshot,
  switchTheme,
  test,
  THEMES,
  type Words,
} from './fixtures'

/** How much is marked, in percent, as the page says it. */
async function markedPercent(page: Page, words: Words): Promise<number> {
  const text = await page.locator('.painter .status').textContent()
  return Number(words.marked.exec(text ?? '')?.[1])
}

async function restored(page: Page, path: string, words: Words): Promise<void> {
  await page.goto('/')
  await choosePhotos(page, path)
  await expect(page.locator('.strip')).toContainText(words.done)
}

test('what was repaired is shown, changed by hand, and repaired again', async ({
  page,
  photos,
  words,
}, info) => {
  await restored(page, photos.portrait, words)
  await page.getByRole('button', { name: words.showRepairs }).click()
  await expect(page.getByRole('img', { name: words.repaired })).toBeVisible()
  for (const theme of THEMES) {
    await switchTheme(page, theme)
    await expectNoBarriers(page)
    await keepScreenshot(page, `8-repairs-${theme}`, info.project.name)
  }

  await page.getByRole('button', { name: words.markDamage }).click()
  const area = page.getByRole('application')
  await expect(area).toBeFocused()
  await expect(page.locator('.el-button--primary:visible')).toHaveText([words.repairAgain])
  // with the motion less, too: the tools come into view
  await expect(page.getByRole('button', { name: words.repairAgain })).toBeInViewport({ ratio: 1 })
  await expect(page.locator('.painter .message')).toHaveCount(0)
  const found = await markedPercent(page, words)
  expect(found).toBeGreaterThan(0)

  const box = await area.boundingBox()
  if (!box) throw new Error('the painter has no place')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await page.mouse.move(x - 40, y - 60)
  await page.mouse.down()
  await page.mouse.move(x + 40, y - 40, { steps: 8 })
  await page.mouse.up()
  await expect.poll(() => markedPercent(page, words)).toBeGreaterThan(found)
  const painted = await markedPercent(page, words)
  await page.getByRole('button', { name: words.undo }).click()
  await expect.poll(() => markedPercent(page, words)).toBe(found)
  await expect(area).toBeFocused()
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(() => markedPercent(page, words)).toBe(painted)
  for (const theme of THEMES) {
    await switchTheme(page, theme)
    await expectNoBarriers(page)
    await keepScreenshot(page, `9-painter-${theme}`, info.project.name)
  }

  await page.getByRole('button', { name: words.repairAgain }).click()
  await expect(page.locator('.notes')).toContainText(words.mendedMarks)
  await page.getByRole('button', { name: words.showRepairs }).click()
  const label = await page.getByRole('img', { name: words.repaired }).getAttribute('aria-label')
  const repaired = Number(/[\d.]+/.exec(label ?? '')?.[0])
  expect(Math.abs(repaired - painted)).toBeLessThanOrEqual(1) // both are rounded; strokes have soft edges
  await keepScreenshot(page, '10-repaired', info.project.name)
})

test('damage can be marked without a pointer', async ({ page, photos, words }) => {
  await restored(page, photos.portrait, words)
  await page.getByRole('button', { name: words.markDamage }).click()
  await expect(page.getByRole('application')).toBeFocused()
  await expect(page.locator('.painter .message')).toHaveCount(0)
  const found = await markedPercent(page, words)

  await page.keyboard.press(']')
  await page.keyboard.down('Space')
  for (let step = 0; step < 12; step += 1) await page.keyboard.press('ArrowRight')
  await page.keyboard.up('Space')

  await expect.poll(() => markedPercent(page, words)).toBeGreaterThan(found)
  await page.keyboard.press('Control+z')
  await expect.poll(() => markedPercent(page, words)).toBe(found)
  await page.getByRole('button', { name: words.discard }).click()
  await expect(page.getByRole('button', { name: words.markDamage })).toBeFocused()
})
