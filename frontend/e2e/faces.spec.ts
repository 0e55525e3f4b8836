import { choosePhotos, expect, expectNoBarriers, keepScreenshot, switchTheme, test, THEMES } from './fixtures'

test('two people get an expression each', async ({ page, photos, words }, info) => {
  await page.goto('/')
  await choosePhotos(page, photos.twoPeople)
  await expect(page.locator('.strip')).toContainText(words.done)
  const picker = page.locator('.picker')
  await expect(picker).toContainText(words.facesLater)

  await picker.getByRole('button', { name: words.nod }).click()
  await page.getByRole('button', { name: words.agree }).click()
  await expect(page.locator('video')).toBeVisible({ timeout: 60_000 })
  await expect(picker).not.toContainText(words.facesLater)

  await picker.getByText(words.each, { exact: true }).click()
  await expect(picker.getByRole('button', { name: words.face1 })).toHaveAttribute('aria-pressed', 'true')
  await expect(picker.getByRole('button', { name: words.makeFilm })).toBeDisabled()
  await picker.getByRole('button', { name: words.nod }).click()
  await picker.getByRole('button', { name: words.face2 }).focus()
  await page.keyboard.press('Enter')
  await picker.getByRole('button', { name: words.wink }).click()
  await expect(picker.getByRole('button', { name: words.face2 })).toHaveAccessibleName(
    new RegExp(`${words.wink}$`),
  )
  for (const theme of THEMES) {
    await switchTheme(page, theme)
    await expectNoBarriers(page)
    await keepScreenshot(page, `11-faces-${theme}`, info.project.name)
  }

  const asking = page.waitForRequest((request) => request.url().endsWith('/animate'))
  await picker.getByRole('button', { name: words.makeFilm }).click()
  expect((await asking).postData()).toMatch(/name="faces"\s+\d+:(nod|wink),\d+:(nod|wink)\s/)
  await expect(page.locator('.tabs')).toContainText(words.each)
  await expect(page.locator('video')).toBeVisible({ timeout: 60_000 })
  await keepScreenshot(page, '12-each', info.project.name)
})
