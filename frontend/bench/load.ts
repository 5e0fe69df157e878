// What a first visit costs on a slow phone: bytes, first paint, interactive, layout shifts. Against the running server
// that PAGE names (`make demo`), on a CPU slowed 4 times, without and with a slow network.
import { type Browser, type CDPSession, test } from '@playwright/test';

const PAGE = process.env.PAGE ?? 'http://127.0.0.1:8080';
const SLOWER = 4;
/** How often each visit is made; the median counts. */
const VISITS = 3;
/** How long a page is watched after it can be used (ms). */
const WATCHED = 5_000;

/** Lighthouse's "slow 4G". */
const SLOW = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6e6 / 8) * 0.9,
  uploadThroughput: (750e3 / 8) * 0.9,
};

const VIEWS = {
  'phone 390x844': { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  'desktop 1280x900': { viewport: { width: 1280, height: 900 }, deviceScaleFactor: 1 },
};

interface Visit {
  requests: number;
  kilobytes: number;
  firstPaint: number;
  largestPaint: number;
  usable: number;
  blocked: number;
  shifts: number;
}

async function visit(browser: Browser, view: keyof typeof VIEWS, path: string, slow: boolean): Promise<Visit> {
  const context = await browser.newContext({ ...VIEWS[view], colorScheme: 'dark' });
  const page = await context.newPage();
  const cdp: CDPSession = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  let bytes = 0;
  let requests = 0;
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  if (slow) await cdp.send('Network.emulateNetworkConditions', SLOW);
  await page.addInitScript(() => {
    const seen = { shifts: 0, blocked: 0, largest: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) seen.shifts += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.blocked += Math.max(0, entry.duration - 50);
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.largest = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  await page.goto(PAGE + path, { waitUntil: 'commit' });
  // It can be used when its heading and its figures are there.
  await page.locator('main h1').waitFor();
  const usable = await page.evaluate(() => performance.now());
  const atFirst = { bytes, requests };
  await page.waitForTimeout(WATCHED);
  const { firstPaint, seen } = await page.evaluate(() => ({
    firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    seen: (window as unknown as { seen: { shifts: number; blocked: number; largest: number } }).seen,
  }));
  await context.close();
  const { requests: count } = atFirst;
  return {
    requests: count,
    kilobytes: atFirst.bytes / 1024,
    firstPaint,
    largestPaint: seen.largest,
    usable,
    blocked: seen.blocked,
    shifts: seen.shifts,
  };
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

test('first visits', async ({ browser }) => {
  test.setTimeout(20 * 60_000);
  const rows = [];
  for (const slow of [false, true]) {
    for (const view of Object.keys(VIEWS) as (keyof typeof VIEWS)[]) {
      for (const path of ['/', '/telescope', '/cave', '/fairness', '/help']) {
        if (slow && path !== '/') continue;
        const visits: Visit[] = [];
        for (let at = 0; at < VISITS; at += 1) visits.push(await visit(browser, view, path, slow));
        const of = (key: keyof Visit) => median(visits.map((one) => one[key]));
        rows.push({
          view,
          network: slow ? 'slow 4G' : 'local',
          path,
          requests: of('requests'),
          KB: Math.round(of('kilobytes')),
          'first paint ms': Math.round(of('firstPaint')),
          'largest paint ms': Math.round(of('largestPaint')),
          'usable ms': Math.round(of('usable')),
          'blocked ms': Math.round(of('blocked')),
          'layout shift, worst': Math.max(...visits.map((one) => one.shifts)).toFixed(4),
        });
      }
    }
  }
  console.table(rows);
});
