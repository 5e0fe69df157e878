// What the sky costs on a CPU slowed 4 times: with as many meteors as may fall at once, idle, and on a hidden page.
import { fileURLToPath } from 'node:url';
import { type Browser, type Page, test } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';

const SLOWER = 4;
const SECONDS = 5;
/** What a screen shows meanwhile. */
const FRAMES = 60 * SECONDS;

interface Bench {
  rain(count: number): void;
  flood(on: boolean): void;
}
declare const bench: Bench;

let server: ViteDevServer;
test.beforeAll(async () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  server = await createServer({ root, configFile: false, logLevel: 'warn', server: { port: 0, hmr: false } });
  await server.listen();
});
test.afterAll(() => server.close());

const VIEWS = {
  'phone 390x844, DPR 3': { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3 },
  'desktop 1280x900': { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 },
};

interface Traced {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  args: { name?: string };
}

/** What two threads did over some seconds: the page's main thread (slowed) and the sky's worker (not slowed). */
async function measure(browser: Browser, page: Page, what: string) {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await page.waitForTimeout(SECONDS * 1000);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Traced[] };
  const on = (thread: string) => {
    const ids = new Set(
      traceEvents
        .filter(({ name, args }) => name === 'thread_name' && args.name === thread)
        .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    const own = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && ids.has(`${pid} ${tid}`));
    const named = (wanted: string) => own.filter(({ name }) => name === wanted);
    const ms = (wanted: string) => named(wanted).reduce((sum, { dur = 0 }) => sum + dur / 1000, 0);
    const frame = (wanted: string) => (ms(wanted) / FRAMES).toFixed(2);
    return { busy: frame('RunTask'), script: frame('FireAnimationFrame'), frames: named('FireAnimationFrame').length };
  };
  const main = on('CrRendererMain');
  const beside = on('DedicatedWorker thread');
  return {
    what,
    'main thread, ms a frame': main.busy,
    'worker, ms a frame (not slowed)': beside.busy,
    'script in the worker': beside.script,
    'frames a second': ((main.frames + beside.frames) / SECONDS).toFixed(0),
  };
}

for (const [view, options] of Object.entries(VIEWS)) {
  for (const how of ['in a worker', 'in the page']) {
    test(`${view}, ${how}`, async ({ browser }) => {
      const page = await browser.newPage({ ...options, colorScheme: 'dark' });
      if (how === 'in the page') {
        await page.addInitScript(() =>
          Reflect.deleteProperty(HTMLCanvasElement.prototype, 'transferControlToOffscreen'),
        );
      }
      await page.goto(`${server.resolvedUrls?.local[0]}bench/sky.html`);
      await page.waitForSelector('[data-painted]');
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });

      const idle = await measure(browser, page, 'idle');
      await page.evaluate(() => bench.flood(true));
      await page.waitForTimeout(3000); // until the air is full
      const full = await measure(browser, page, how === 'in a worker' ? '16 meteors' : '6 meteors');
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { value: true });
        document.dispatchEvent(new Event('visibilitychange'));
        bench.flood(false);
        bench.rain(40);
      });
      await page.waitForTimeout(2000);
      const hidden = await measure(browser, page, 'hidden, 40 contributions came');
      console.log(`\n${view}, drawn ${how}, CPU slowed ${SLOWER} times`);
      console.table([full, idle, hidden]);
      await page.close();
    });
  }
}
