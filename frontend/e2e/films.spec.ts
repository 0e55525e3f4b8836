/** From no file to a film by the network, against a server whose model files can really be fetched and used. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { choosePhotos, expect, lookAt, test } from './fixtures'
import { motionWords } from './motionWords'

const CLIP = join(import.meta.dirname, '../../driving_videos/nod.mp4')
const NETWORK = join(process.env.E2E_MODELS_DIR ?? '', 'weights', 'vox-cpk.pth.tar')

test.use({ baseURL: `http://127.0.0.1:${process.env.E2E_MODELS_PORT}` })

test.beforeEach(() => {
  rmSync(NETWORK, { force: true }) // another project has fetched it
})
test.afterEach(() => rmSync(NETWORK, { force: true })) // others expect a server without it

test('the network is fetched, makes films by a preset and by a clip, and says how good they are', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = motionWords(locale)
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)
  const how = page.locator('.how')
  await how.getByText(say.how).click()
  await how.getByRole('button', { name: say.getIt }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: say.forPrivateUse }).first().click()
  await expect(dialog).toContainText(say.ready)
  await page.keyboard.press('Escape')

  await page.getByRole('group').getByRole('button', { name: words.nod }).click()
  await page.getByRole('button', { name: words.agree }).click()
  const film = page.locator('.window video')
  await expect(film).toBeVisible({ timeout: 90_000 })
  const about = page.locator('.about')
  await expect(about).toContainText('First Order Motion (vox-cpk)')
  await about.getByText(say.report).click()
  await expect(about.locator('.report li').first()).toBeVisible()
  await lookAt(page, '39-film-by-network', info.project.name)

  const choosing = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: say.choose }).click()
  await (await choosing).setFiles(CLIP)
  await expect(page.locator('.tabs label')).toHaveCount(3)
  await expect(film).toBeVisible({ timeout: 90_000 })
  await expect(about.getByRole('button', { name: say.keep })).toBeVisible()
  await lookAt(page, '40-clip-by-network', info.project.name)
})
