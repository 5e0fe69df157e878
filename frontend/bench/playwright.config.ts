// Benchmarks in a real browser: `npm run bench:sky`, `npm run bench:load`. They measure and print; they assert nothing.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: ['sky.ts', 'load.ts'],
  workers: 1,
  timeout: 180_000,
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
    },
  },
});
