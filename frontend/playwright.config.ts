// The tests in a real browser: a phone and a desktop. CHROMIUM names the browser, METEOR the binary,
// METEOR_PAGE a folder whose page is served instead of the binary's.
import { defineConfig, devices } from '@playwright/test';

/** Off: the GPU, which test machines lack, and whatever asks hosts of the browser's maker. */
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: false,
  workers: Number(process.env.METEOR_BROWSERS ?? 2),
  reporter: [['list']],
  use: {
    locale: 'en-US',
    timezoneId: 'UTC',
    colorScheme: 'dark',
    // Without a film of each test: taking its pictures is a sixth of all the work. CI keeps no trace either.
    trace: process.env.CI ? 'off' : { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGS },
  },
  projects: [
    {
      name: 'phone',
      use: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
    },
    // What doesn't depend on the screen is tested on one of them.
    {
      name: 'desktop',
      testIgnore: /(amounts|receipts|connection|late|event|trust)\.spec/,
      use: { ...devices['Desktop Chrome'], viewport: { width: 1280, height: 900 } },
    },
  ],
});
