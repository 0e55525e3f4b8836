/** Films by a network, on a server without its file: what such a server answers is played on a film of the built-in engine. */
import type { Page } from '@playwright/test'
import { choosePhotos, expect, expectNothingCutOff, keepScreenshot, lookAt, test } from './fixtures'
import { ModelServer } from './modelServer'
import { motionWords } from './motionWords'

interface PlayedJob {
  kind: string
  result: Record<string, unknown> | null
}

/** As a network would have said it; two of the measures are not to be told. */
const TOLD = {
  engine: 'first_order',
  model: 'vox-cpk',
  notes: ['clip_cropped', 'clip_trimmed', 'clip_shaky', 'motion_limited'],
  quality: {
    identity_change: 0.07,
    start: 0,
    seam: 1.02,
    jitter: 2.61,
    flicker: 1.9,
    loop: null,
    outside: null,
  },
  clip_checks: [
    { name: 'cut', passed: true, value: 0.03, limit: 0.15, frames: [] },
    { name: 'jitter', passed: false, value: 0.021, limit: 0.01, frames: [] },
    { name: 'face', passed: false, value: null, limit: null, frames: [30, 31, 32, 33, 34, 39, 60] },
  ],
}

/** Let the real server make the film, and tell of it as if a network had. */
async function playNetwork(page: Page, asked: string[]): Promise<void> {
  const fields = { engine: 'builtin', mode: 'best', relative: 'true' }
  await page.route(/\/api\/v1\/animate$/, async (route) => {
    const form = route.request().postData() ?? ''
    asked.push(form)
    const plain = Object.entries(fields).reduce(
      (text, [name, value]) => text.replace(new RegExp(`(name="${name}"\r\n\r\n)[^\r]*`), `$1${value}`),
      form,
    )
    await route.continue({ postData: plain })
  })
  await page.route(/\/api\/v1\/jobs\/[^/?]+$/, async (route) => {
    const answer = await route.fetch()
    if (answer.status() !== 200) return route.fulfill({ response: answer })
    const job = (await answer.json()) as PlayedJob
    if (job.kind === 'animate' && job.result) Object.assign(job.result, TOLD)
    return route.fulfill({ response: answer, json: job })
  })
}

test('the file of the network is fetched, the network chosen, and its film told about', async ({
  page,
  photos,
  words,
  locale,
}, info) => {
  const say = motionWords(locale)
  const server = new ModelServer(page, locale)
  server.knowsMotion = true
  await server.serve()
  const asked: string[] = []
  await playNetwork(page, asked)
  await page.goto('/')
  await choosePhotos(page, photos.portrait)
  await expect(page.locator('.strip')).toContainText(words.done)

  const how = page.locator('.how')
  await how.getByText(say.how).click()
  const network = how.locator('input[value=first_order]')
  await expect(network).toBeDisabled()
  await lookAt(page, '34-how', info.project.name)
  await how.getByRole('button', { name: say.getIt }).click()
  const dialog = page.getByRole('dialog')
  const getting = dialog.getByRole('button', { name: say.getFile })
  await expectNothingCutOff(dialog)
  await lookAt(page, '35-network-file', info.project.name)
  await getting.click()
  await expect(dialog).toContainText(say.ready)
  await page.keyboard.press('Escape')

  await network.check()
  await how.getByText(say.settings).click()
  await how.getByText(say.fast, { exact: true }).click()
  await how.getByText(say.exactly, { exact: true }).click()
  await lookAt(page, '36-network-settings', info.project.name)
  await page.getByRole('group').getByRole('button', { name: words.nod }).click()
  await page.getByRole('button', { name: words.agree }).click()
  await expect(page.locator('.window video')).toBeVisible({ timeout: 60_000 })
  for (const [name, value] of Object.entries({ engine: 'first_order', mode: 'fast', relative: 'false' })) {
    expect(asked[0]).toContain(`name="${name}"\r\n\r\n${value}\r\n`)
  }

  const about = page.locator('.about')
  await expect(about).toContainText('First Order Motion (vox-cpk)')
  await about.getByText(say.report).click()
  await about.getByText(say.numbers).click()
  await about.locator('.clip > summary').click()
  await expect(about.locator('.report li')).toHaveCount(5)
  await expect(about.locator('.report dl')).toContainText('2.61')
  await expect(about.locator('.clip')).toContainText('1.2–1.4')
  await lookAt(page, '37-network-film', info.project.name)
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)

  // The same expression by another engine is another film; by the same one it is there already.
  await page.getByRole('group').getByRole('button', { name: words.nod }).click()
  expect(asked).toHaveLength(1)
  await how.locator('input[value=builtin]').check()
  await page.getByRole('group').getByRole('button', { name: words.nod }).click()
  await expect(page.locator('.tabs label')).toHaveCount(3)
  expect(asked[1]).not.toContain('name="mode"')
  await expect(page.locator('.window video')).toBeVisible({ timeout: 60_000 })
  await keepScreenshot(page, '38-second-film', info.project.name)
  await page.reload()
  await expect(page.locator('.tabs label')).toHaveCount(3)
  await page.unrouteAll({ behavior: 'wait' }) // no answer is half played when the test ends
})
