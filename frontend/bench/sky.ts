// What the sky costs on a CPU slowed 4 times: with as many meteors as may fall at once, idle, and on a hidden page.
import { fileURLToPath } from 'node:url';
import { type Browser, type CDPSession, type Page, test } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';

const SLOWER = 4;
const SECONDS = 5;
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

/** Milliseconds of the page's main thread over the window: script, style, layout, paint, canvas. */
async function mainThread(page: Page, devtools: CDPSession): Promise<number> {
  const busy = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const before = await busy();
  await page.waitForTimeout(SECONDS * 1000);
  return (await busy()) - before;
}

interface Traced {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  args: { name?: string };
}

/** Milliseconds and animation frames of the sky's worker over the window. The slowing doesn't reach workers. */
async function worker(browser: Browser, page: Page): Promise<{ ms: number; script: number; frames: number }> {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await page.waitForTimeout(SECONDS * 1000);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Traced[] };
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'DedicatedWorker thread')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const own = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && threads.has(`${pid} ${tid}`));
  const tasks = own.filter(({ name }) => name === 'RunTask');
  const scripts = own.filter(({ name }) => name === 'FireAnimationFrame');
  const ms = (events: Traced[]) => events.reduce((sum, { dur = 0 }) => sum + dur / 1000, 0);
  return { ms: ms(tasks), script: ms(scripts), frames: scripts.length };
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
      await devtools.send('Performance.enable');
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });

      const row = async (what: string) => {
        const main = await mainThread(page, devtools);
        const beside = await worker(browser, page);
        return {
          what,
          'main thread, ms a frame': (main / FRAMES).toFixed(2),
          'worker, ms a frame (not slowed)': (beside.ms / FRAMES).toFixed(2),
          'of it script': (beside.script / FRAMES).toFixed(2),
          'frames a second in the worker': (beside.frames / SECONDS).toFixed(0),
        };
      };
      const idle = await row('idle');
      await page.evaluate(() => bench.flood(true));
      await page.waitForTimeout(3000); // until the air is full
      const full = await row('as many meteors as may fall');
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { value: true });
        document.dispatchEvent(new Event('visibilitychange'));
        bench.flood(false);
        bench.rain(40);
      });
      await page.waitForTimeout(2000);
      const hidden = await row('hidden, 40 contributions came');
      console.log(`\n${view}, drawn ${how}, CPU slowed ${SLOWER} times`);
      console.table([full, idle, hidden]);
      await page.close();
    });
  }
}
