/** A recording of somebody becomes a film. The camera is the same in every language and window: one will do. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { BROWSER } from './browser'
import { choosePhotos, expect, keepScreenshot, PYTHON, test } from './fixtures'
import { motionWords } from './motionWords'

const CLIP = join(import.meta.dirname, '../../driving_videos/nod.mp4')

/** The program that makes our films; nothing says that the machine has one of its own. */
function ffmpeg(): string {
  const where = 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())'
  return execFileSync(PYTHON, ['-c', where], { encoding: 'utf8' }).trim()
}

/** A driving clip as a webcam would see it. */
function webcamFile(folder: string): string {
  const path = join(folder, 'webcam.mjpeg')
  const picture = 'scale=480:480,pad=640:480:80:0:color=gray,fps=25'
  execFileSync(ffmpeg(), [
    '-v',
    'error',
    '-y',
    '-stream_loop',
    '3',
    '-i',
    CLIP,
    '-vf',
    picture,
    '-q:v',
    '3',
    path,
  ])
  return path
}

test('what the camera saw moves the photo', async ({ playwright, baseURL, locale, words, photos }, info) => {
  const say = motionWords(locale)
  const camera = [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${webcamFile(info.outputPath())}`,
  ]
  const browser = await playwright.chromium.launch({ ...BROWSER, args: [...BROWSER.args, ...camera] })
  try {
    const page = await browser.newPage({ baseURL: baseURL ?? '', locale: locale ?? 'en' })
    await page.goto('/')
    await choosePhotos(page, photos.portrait)
    await expect(page.locator('.strip')).toContainText(words.done)
    await page.getByRole('button', { name: say.record }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: say.start }).click()
    await page.waitForTimeout(4000)
    await keepScreenshot(page, '32-somebody', info.project.name)
    await dialog.getByRole('button', { name: say.use }).click()
    await page.getByRole('button', { name: words.agree }).click()
    await expect(page.locator('.window video')).toBeVisible({ timeout: 90_000 })
    await expect(page.locator('.about')).toContainText(say.follows)
    await keepScreenshot(page, '33-recorded-film', info.project.name)
  } finally {
    await browser.close()
  }
})
