/** What every browser test stands on: the photos, and a page that fails on any error or foreign request. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Locator, type Page } from '@playwright/test'

const ROOT = join(import.meta.dirname, '../..')
export const PYTHON = join(ROOT, '.venv/bin/python')

export interface Photos {
  portrait: string
  landscape: string
  /** What a phone sees of a print on a table. */
  ofPrint: string
  /** A scan of two prints. */
  ofTwo: string
  twoPeople: string
}

export interface Words {
  done: string
  slider: string
  nod: string
  agree: string
  savePhoto: string
  saveFilm: string
  photoName: string
  filmName: RegExp
  noFace: string
  cancel: string
  cancelled: string
  retry: string
  forgotten: string
  showsPrint: string
  cutOne: string
  adjust: string
  topLeft: string
  turn: string
  addOutline: string
  removeOutline: string
  cutAll: RegExp
  cutFrom: string
  whole: string
  showRepairs: string
  repaired: RegExp
  markDamage: string
  marked: RegExp
  repairAgain: string
  discard: string
  undo: string
  redo: string
  mendedMarks: string
  facesLater: string
  each: string
  face1: RegExp
  face2: RegExp
  wink: string
  makeFilm: string
  still: string
}

const ZH: Words = {
  done: '已完成',
  slider: '对比滑块',
  nod: '点头',
  agree: '我确认，开始制作',
  savePhoto: '下载照片',
  saveFilm: '下载影片',
  photoName: '外婆 1962_修复.png',
  filmName: /^外婆 1962_.*点头.*\.mp4$/,
  noFace: '没有找到可以动起来的脸',
  cancel: '取消',
  cancelled: '已取消',
  retry: '重试',
  forgotten: '之前的照片已不在服务器上',
  showsPrint: '拍到了一张纸质照片',
  cutOne: '摆正并裁出',
  adjust: '调整四角',
  topLeft: '左上角',
  turn: '转 90°',
  addOutline: '添加一个框',
  removeOutline: '去掉这个框',
  cutAll: /裁出全部 2 张/,
  cutFrom: '从“翻拍 2024.jpg”中裁出',
  whole: '使用整张图',
  showRepairs: '显示修补处',
  repaired: /修补了画面的 [\d.]+%/,
  markDamage: '标出破损',
  marked: /已标出画面的 ([\d.]+)%/,
  repairAgain: '重新修补',
  discard: '放弃',
  undo: '撤销',
  redo: '重做',
  mendedMarks: '修补了你标出的地方',
  facesLater: '照片里不止一人？',
  each: '各有神情',
  face1: /^第 1 张脸（共 2 张），左边/,
  face2: /^第 2 张脸（共 2 张），右边/,
  wink: '眨一只眼',
  makeFilm: '制作影片',
  still: '不动',
}
const EN: Words = {
  done: 'Done',
  slider: 'Comparison',
  nod: 'Nod',
  agree: 'I confirm, make the film',
  savePhoto: 'Download photo',
  saveFilm: 'Download film',
  photoName: '外婆 1962_restored.png',
  filmName: /^外婆 1962_.*[Nn]od.*\.mp4$/,
  noFace: 'No face found that could move',
  cancel: 'Cancel',
  cancelled: 'Cancelled',
  retry: 'Try again',
  forgotten: 'Your earlier photos are no longer on the server',
  showsPrint: 'This picture shows a print',
  cutOne: 'Straighten and cut out',
  adjust: 'Adjust corners',
  topLeft: 'Top left corner',
  turn: 'Turn 90°',
  addOutline: 'Add outline',
  removeOutline: 'Remove',
  cutAll: /cut out all 2/,
  cutFrom: 'Cut out of “翻拍 2024.jpg”',
  whole: 'Use whole picture',
  showRepairs: 'Show repairs',
  repaired: /Repaired: [\d.]+% of the picture/,
  markDamage: 'Mark damage',
  marked: /Marked: ([\d.]+)% of the picture/,
  repairAgain: 'Repair again',
  discard: 'Discard',
  undo: 'Undo',
  redo: 'Redo',
  mendedMarks: 'Mended what you marked',
  facesLater: 'Several people in the photo?',
  each: 'Each their own',
  face1: /^Face 1 of 2, left/,
  face2: /^Face 2 of 2, right/,
  wink: 'Wink',
  makeFilm: 'Make the film',
  still: 'Still',
}

interface Fixtures {
  words: Words
  /** Everything that went wrong in the browser so far. */
  complaints: string[]
}

export const test = base.extend<Fixtures, { photos: Photos }>({
  photos: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names from this pattern
    async ({}, use, info) => {
      const folder = info.project.outputDir
      execFileSync('mkdir', ['-p', folder])
      execFileSync(PYTHON, [join(import.meta.dirname, 'make_photos.py'), folder])
      await use({
        portrait: join(folder, '外婆 1962.png'),
        landscape: join(folder, '村外 1931.png'),
        ofPrint: join(folder, '翻拍 2024.jpg'),
        ofTwo: join(folder, '扫描 2023.png'),
        twoPeople: join(folder, '姐妹 1955.png'),
      })
    },
    { scope: 'worker' },
  ],
  words: async ({ locale }, use) => use(locale?.startsWith('zh') ? ZH : EN),
  complaints: [
    async ({ page, baseURL }, use) => {
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        const isOurs = [`${baseURL ?? ''}/`, 'blob:', 'data:'].some((start) =>
          request.url().startsWith(start),
        )
        if (!isOurs) complaints.push(`foreign request: ${request.url()}`)
      })
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(
            `policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}:${event.columnNumber}`,
          )
        })
      })
      await use(complaints)
      expect(complaints).toEqual([])
    },
    { auto: true },
  ],
})

export { expect }

/** Choose files as a person does by the first button. */
export async function choosePhotos(page: Page, ...paths: string[]): Promise<void> {
  await page.locator('input[type=file]').first().setInputFiles(paths)
}

export const THEMES = ['light', 'dark'] as const

/** Switch the page's look while it is open; without motion, colours have changed after two frames. */
export async function switchTheme(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
}

/** What axe knows of WCAG 2.2, A and AA. */
export async function expectNoBarriers(page: Page): Promise<void> {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
  expect((await new AxeBuilder({ page }).withTags(rules).analyze()).violations).toEqual([])
}

/** Decode a picture with Pillow: its format and size. */
export function decodePicture(path: string): { format: string; width: number; height: number } {
  const script =
    'import sys, json; from PIL import Image; i = Image.open(sys.argv[1]); i.load(); ' +
    'print(json.dumps({"format": i.format, "width": i.width, "height": i.height}))'
  const text = execFileSync(PYTHON, ['-c', script, path], { encoding: 'utf8' })
  return JSON.parse(text) as { format: string; width: number; height: number }
}

/** The reds of a square of a picture, row by row. */
export function redsOf(path: string, left: number, top: number, side: number): number[] {
  const script =
    'import sys, json; from PIL import Image; x, y, side = map(int, sys.argv[2:]); ' +
    'i = Image.open(sys.argv[1]).convert("RGB").crop((x, y, x + side, y + side)); ' +
    'print(json.dumps(list(i.tobytes()[::3])))'
  const place = [left, top, side].map(String)
  return JSON.parse(execFileSync(PYTHON, ['-c', script, path, ...place], { encoding: 'utf8' })) as number[]
}

/** A picture of the page for people to look at. */
export async function keepScreenshot(page: Page, name: string, project: string): Promise<void> {
  await page.screenshot({ path: `test-results/screens/${name}-${project}.png`, fullPage: true })
}

/** The page in both looks: no barriers, and a picture of each. */
export async function lookAt(page: Page, name: string, project: string): Promise<void> {
  for (const theme of THEMES) {
    await switchTheme(page, theme)
    await expectNoBarriers(page)
    await keepScreenshot(page, `${name}-${theme}`, project)
  }
}

/** Beyond the screen, not the window: a phone's window grows with what does not fit. */

/** Nothing in the dialog is cut off at its side. */
export async function expectNothingCutOff(dialog: Locator): Promise<void> {
  const body = dialog.locator('.el-dialog__body')
  expect(await body.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0)
}
