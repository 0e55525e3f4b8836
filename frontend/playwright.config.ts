/** The page in a real browser against a real server with its worker, on data of its own that is thrown away. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { BROWSER } from './e2e/browser'

// This file is read again by every test process; what the first reading chose travels in the environment.
process.env.E2E_PORT ??= String(20_000 + (process.pid % 20_000))
process.env.E2E_MODELS_PORT ??= String(Number(process.env.E2E_PORT) + 1)
process.env.E2E_DATA_DIR ??= mkdtempSync(join(tmpdir(), 'jiuying-e2e-'))
process.env.E2E_MODELS_DIR ??= join(process.env.E2E_DATA_DIR, 'models')

const address = `http://127.0.0.1:${process.env.E2E_PORT}`

const LANGUAGES = [
  ['zh', 'zh-CN'],
  ['en', 'en-US'],
] as const
const WINDOWS = [
  ['1280', { viewport: { width: 1280, height: 800 } }],
  ['360', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
] as const

/** The whole story runs everywhere; the page's manners in two, and what is on the table in one are enough. */
const IGNORED: Record<string, string[]> = { 'zh-1280': [], 'en-360': ['table.spec.ts', 'recorded.spec.ts'] }

const HOW_TO_SERVE = {
  cwd: '..',
  timeout: 60_000,
  gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
} as const

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/run',
  globalTeardown: './e2e/remove-data.ts',
  workers: 1, // one server, one worker: more would only wait for each other
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    baseURL: address,
    acceptDownloads: true,
    screenshot: 'only-on-failure', // and no trace: recording one reads blob addresses, which our own policy forbids
    launchOptions: BROWSER,
  },
  projects: LANGUAGES.flatMap(([language, locale]) =>
    WINDOWS.map(([width, window]) => ({
      name: `${language}-${width}`,
      use: { locale, ...window },
      testIgnore: IGNORED[`${language}-${width}`] ?? [
        'page.spec.ts',
        'table.spec.ts',
        'mask.spec.ts',
        'faces.spec.ts',
        'camera.spec.ts',
        'recorded.spec.ts',
      ],
    })),
  ),
  webServer: [
    {
      ...HOW_TO_SERVE,
      command: `.venv/bin/python -m backend serve --port ${process.env.E2E_PORT}`,
      env: {
        JIUYING_DATA_DIR: process.env.E2E_DATA_DIR,
        JIUYING_WEIGHTS_DIR: join(process.env.E2E_DATA_DIR, 'no-weights'), // whatever this machine has
        JIUYING_LOG_LEVEL: 'warning',
      },
      url: `${address}/readyz`,
    },
    {
      ...HOW_TO_SERVE,
      command: `.venv/bin/python -m tests.serving_weights ${process.env.E2E_MODELS_PORT} ${process.env.E2E_MODELS_DIR}`,
      url: `http://127.0.0.1:${process.env.E2E_MODELS_PORT}/readyz`,
    },
  ],
})
