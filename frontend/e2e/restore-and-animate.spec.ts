import { readFileSync } from 'node:fs'
import { choosePhotos, decodePicture, expect, keepScreenshot, test } from './fixtures'

test('an old portrait is restored, compared, animated, and both files are saved', async ({
  page,
  photos,
  words,
}, info) => {
  const look = (name: string) => keepScreenshot(page, name, info.project.name)
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await look('1-empty')

  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)

  const slider = page.getByRole('slider', { name: words.slider })
  await slider.focus()
  const before = Number(await slider.inputValue())
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  expect(Number(await slider.inputValue())).toBeGreaterThan(before)
  await page.keyboard.down('Space')
  await expect(page.locator('.divider')).toBeHidden()
  await page.keyboard.up('Space')
  await expect(page.locator('.divider')).toBeVisible()
  await look('2-restored')

  await page.getByRole('group').getByRole('button', { name: words.nod }).click()
  await page.getByRole('button', { name: words.agree }).click()
  const film = page.locator('video')
  await expect(film).toBeVisible({ timeout: 60_000 })
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(0)
  const facts = await film.evaluate((video: HTMLVideoElement) => ({
    width: video.videoWidth,
    seconds: video.duration,
    isMuted: video.muted,
    loops: video.loop,
  }))
  expect(facts.width).toBeGreaterThan(100)
  expect(facts.seconds).toBeGreaterThan(1)
  expect(facts).toMatchObject({ isMuted: true, loops: true })
  await look('3-film')
  await expect(page.locator('.el-button--primary:visible')).toHaveText([words.saveFilm]) // one thing stands out

  const photoSaving = page.waitForEvent('download')
  await page.getByRole('link', { name: words.savePhoto }).click()
  const photo = await photoSaving
  expect(photo.suggestedFilename()).toBe(words.photoName)
  const picture = decodePicture(await photo.path())
  expect(picture).toEqual({ format: 'PNG', width: 800, height: 960 })

  const filmSaving = page.waitForEvent('download')
  await page.getByRole('link', { name: words.saveFilm }).click()
  const saved = await filmSaving
  expect(saved.suggestedFilename()).toMatch(words.filmName)
  const bytes = readFileSync(await saved.path())
  expect(bytes.subarray(4, 8).toString()).toBe('ftyp')
})
