// How the page is built. With METEOR_DEPLOYMENT=<deployment file> the event's chain and contract are compiled in.
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** The event in a deployment file as `meteor deploy` writes it; null without one. */
function deployment(): unknown {
  const file = process.env.METEOR_DEPLOYMENT;
  if (!file) return null;
  const record = JSON.parse(readFileSync(file, 'utf8'));
  const { chain_id, shower, meteors, hatchery } = record.event ?? record;
  for (const [name, value] of Object.entries({ chain_id, shower, meteors, hatchery })) {
    if (typeof value !== 'string')
      throw new Error(`${file} names no ${name}: is it the file that meteor deploy wrote?`);
  }
  return { chain_id, shower, meteors, hatchery };
}

export default defineConfig({
  plugins: [react()],
  define: { __DEPLOYMENT__: JSON.stringify(deployment()) },
  build: {
    outDir: 'dist/page',
    // The wasm and the fonts stay files of their own: the policy of the page allows no data: URLs for them.
    assetsInlineLimit: 0,
    // Phones of 2021 that are kept up to date, and browsers up to four years old.
    target: ['es2021', 'safari15.4', 'chrome94', 'firefox98'],
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/v1': process.env.METEOR_API ?? 'http://127.0.0.1:8080',
      '/demo': process.env.METEOR_API ?? 'http://127.0.0.1:8080',
    },
  },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
