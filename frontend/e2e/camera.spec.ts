/** Recording with the browser's own made-up camera: a green picture with a pie that turns, and nobody in it. */
import type { Page } from '@playwright/test'
import { BROWSER } from './browser'
import { choosePhotos, expect, expectNothingCutOff, keepScreenshot, lookAt, test } from './fixtures'
import { motionWords } from './motionWords'

test.use({
  launchOptions: {
    ...BROWSER,
    args: [...BROWSER.args, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
  permissions: ['camera'],
})

/** The camera's light: how many pictures of a camera are still coming in. */
async function watchCameras(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const opened: MediaStreamTrack[] = []
    Object.assign(window, { openedTracks: opened })
    const devices = navigator.mediaDevices
    const real = devices.getUserMedia.bind(devices)
    devices.getUserMedia = async (wanted) => {
      const stream = await real(wanted)
      opened.push(...stream.getTracks())
      return stream
    }
  })
  return () =>
    page.evaluate(
      () =>
        (window as unknown as { openedTracks: MediaStreamTrack[] }).openedTracks.filter(
          ({ readyState }) => readyState === 'live',
        ).length,
    )
}

test('three seconds are recorded, looked at, done again and used', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = motionWords(locale)
  const lights = await watchCameras(page)
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)

  await page.getByRole('button', { name: say.record }).click()
  const dialog = page.getByRole('dialog')
  const start = dialog.getByRole('button', { name: say.start })
  await expect(start).toBeFocused()
  expect(await lights()).toBe(1)
  await expectNothingCutOff(dialog)
  await lookAt(page, '21-record', info.project.name)

  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('button', { name: say.stop })).toBeFocused()
  await expect(dialog.getByRole('status')).toHaveText('2')
  await keepScreenshot(page, '22-counting', info.project.name)
  await expect(dialog.getByRole('status')).toHaveText(say.counted)
  await page.waitForTimeout(1200)
  await keepScreenshot(page, '23-recording', info.project.name)
  await expect(dialog.getByRole('status')).toContainText(say.recorded)
  await expect.poll(lights).toBe(0) // looking at it needs no camera
  await expect(dialog.getByRole('button', { name: say.use })).toBeFocused()
  await lookAt(page, '24-recorded', info.project.name)
  const recorded = dialog.locator('video')
  await expect.poll(() => recorded.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBe(640)

  await dialog.getByRole('button', { name: say.again }).click()
  await expect(start).toBeFocused()
  expect(await lights()).toBe(1)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(await lights()).toBe(0)

  await page.getByRole('button', { name: say.record }).click()
  await start.click()
  await dialog.getByRole('button', { name: say.use }).click()
  await page.getByRole('button', { name: words.agree }).click()
  await expect(page.getByRole('alert')).toContainText(say.noFaceInClip, { timeout: 60_000 })
  await lookAt(page, '25-nobody-in-it', info.project.name)
})

test('a camera that is refused, missing, in use or taken away is explained', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = motionWords(locale)
  const lights = await watchCameras(page)
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)
  const record = page.getByRole('button', { name: say.record })
  const dialog = page.getByRole('dialog')

  for (const error of ['NotAllowedError', 'NotFoundError', 'NotReadableError']) {
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('refused', name))
    }, error)
    await record.click()
    await expect(dialog.getByRole('alert')).toBeVisible()
    if (error === 'NotAllowedError') {
      await expect(dialog.getByRole('alert')).toContainText(say.denied)
      await expectNothingCutOff(dialog)
      await lookAt(page, '26-refused', info.project.name)
    }
    await dialog.screenshot({ path: `test-results/screens/26-${error}-${info.project.name}.png` })
    await dialog.getByRole('button', { name: say.close }).click()
    await expect(dialog).toBeHidden()
  }

  await page.reload()
  await expect(page.locator('.strip')).toContainText(words.done)
  await record.click()
  await dialog.getByRole('button', { name: say.start }).click()
  await page.evaluate(() => {
    const [track] = (window as unknown as { openedTracks: MediaStreamTrack[] }).openedTracks
    track?.stop() // the browser says nothing of a stop of our own: what it says when a cable is pulled
    track?.dispatchEvent(new Event('ended'))
  })
  await expect(dialog.getByRole('alert')).toContainText(say.lost)
  expect(await lights()).toBe(0)
})
