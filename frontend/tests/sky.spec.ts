// The sky by itself: text on it stays readable, contributions fall, less motion is less motion, nothing when hidden.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';

declare const bench: { rain(count: number): void };

const ROOT = fileURLToPath(new URL('..', import.meta.url));

let server: ViteDevServer;
test.beforeAll(async () => {
  const cacheDir = test.info().outputPath('vite');
  server = await createServer({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    cacheDir,
    server: { port: 0, hmr: false },
  });
  await server.listen();
});
test.afterAll(() => server.close());

async function open(page: Page): Promise<void> {
  await page.addInitScript(watchAir);
  await page.goto(`${server.resolvedUrls?.local[0]}bench/sky.html`);
  await page.waitForSelector('.sky[data-painted]');
  // A worker says that it has painted before the page shows it.
  await page.waitForFunction(() => {
    const still = document.querySelector<HTMLCanvasElement>('.sky canvas');
    const one = document.createElement('canvas');
    const on = one.getContext('2d');
    if (still === null || on === null) return false;
    on.drawImage(still, 0, 0);
    return on.getImageData(1, 1, 1, 1).data[3] === 255;
  });
}

interface Picture {
  width: number;
  height: number;
  /** Red, green, blue and alpha of each CSS pixel. */
  pixels: Buffer;
}

/** What is on the screen, one pixel per CSS pixel. */
async function look(page: Page): Promise<Picture> {
  const png = (await page.screenshot({ scale: 'css' })).toString('base64');
  const { width, height, raw } = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const on = canvas.getContext('2d');
    if (on === null) throw new Error('no canvas');
    on.drawImage(image, 0, 0);
    const bytes = on.getImageData(0, 0, image.width, image.height).data;
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return { width: image.width, height: image.height, raw: btoa(text) };
  }, png);
  return { width, height, pixels: Buffer.from(raw, 'base64') };
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** In the page: a box around all meteors in the air now, null if there is none; in units of two CSS pixels. */
function watchAir(): void {
  const copy = document.createElement('canvas');
  const on = copy.getContext('2d', { willReadFrequently: true });
  const inAir = (): Box | null => {
    const layers = document.querySelectorAll<HTMLCanvasElement>('.sky canvas');
    const air = layers[layers.length - 1];
    if (air === undefined || on === null) throw new Error('no sky');
    copy.width = Math.round(innerWidth / 2);
    copy.height = Math.round(innerHeight / 2);
    on.drawImage(air, 0, 0, copy.width, copy.height);
    const { data } = on.getImageData(0, 0, copy.width, copy.height);
    let box: Box | null = null;
    for (let at = 3; at < data.length; at += 4) {
      if ((data[at] ?? 0) < 20) continue;
      const x = ((at - 3) / 4) % copy.width;
      const y = Math.floor((at - 3) / 4 / copy.width);
      box ??= { left: x, right: x, top: y, bottom: y };
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.bottom = y;
    }
    return box;
  };
  Object.assign(window, { inAir });
}
declare function inAir(): Box | null;

/** A contribution, and where its meteor is at each frame until it is gone. */
function fall(page: Page): Promise<Box[]> {
  return page.evaluate(async () => {
    const seen: Box[] = [];
    bench.rain(1);
    for (;;) {
      await new Promise(requestAnimationFrame);
      const box = inAir();
      if (box !== null) seen.push(box);
      else if (seen.length > 0) return seen;
    }
  });
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Colours of text in the page's style sheet. */
function inks(scheme: 'dark' | 'light'): [string, number[]][] {
  const [dark = '', light = ''] = readFileSync(`${ROOT}/src/styles/base.css`, 'utf8').split(
    'prefers-color-scheme: light',
  );
  const found = (scheme === 'dark' ? dark : light).matchAll(/--(text|quiet|link|bad): #(..)(..)(..);/g);
  return [...found].map(([, name = '', ...parts]) => [name, parts.map((part) => Number.parseInt(part, 16))]);
}

/** Middle luminance of each square of 12 CSS pixels: stars are points, and no letter is lost on one. */
function squares({ width, height, pixels }: Picture): number[] {
  const found: number[] = [];
  for (let top = 0; top + 12 <= height; top += 12) {
    for (let left = 0; left + 12 <= width; left += 12) {
      const all: number[] = [];
      for (let y = top; y < top + 12; y += 2) {
        for (let x = left; x < left + 12; x += 2) {
          const at = 4 * (y * width + x);
          all.push(luminance([...pixels.subarray(at, at + 3)]));
        }
      }
      all.sort((a, b) => a - b);
      found.push(all[18] ?? 0);
    }
  }
  return found;
}

for (const scheme of ['dark', 'light'] as const) {
  test(`text stays readable everywhere on the ${scheme} sky`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await open(page);
    const sky = squares(await look(page));
    const colours = inks(scheme);
    expect(colours.map(([name]) => name).sort()).toEqual(['bad', 'link', 'quiet', 'text']);
    for (const [name, colour] of colours) {
      const worst = Math.min(...sky.map((light) => contrast(light, luminance(colour))));
      expect(worst, name).toBeGreaterThan(4.5);
    }
  });
}

test('a contribution falls: down and to the left', async ({ page }) => {
  await open(page);
  const boxes = await fall(page);
  const lowest = boxes.map(({ bottom }) => bottom);
  const first = boxes[0];
  const end = boxes[lowest.indexOf(Math.max(...lowest))];
  expect(end?.bottom).toBeGreaterThan((first?.bottom ?? 0) + 15);
  expect(end?.left).toBeLessThan((first?.left ?? 0) - 5);
});

test('with less motion it glints in one place', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page);
  const boxes = await fall(page);
  expect(boxes.length).toBeGreaterThan(1);
  // It grows brighter and fades, so the box does; its middle stays.
  const middles = boxes.filter(({ bottom, top }) => bottom - top > 20).map(({ left, bottom }) => [left, bottom]);
  for (const [left = 0, bottom = 0] of middles) {
    expect(Math.abs(left - (middles[0]?.[0] ?? 0))).toBeLessThan(10);
    expect(Math.abs(bottom - (middles[0]?.[1] ?? 0))).toBeLessThan(10);
  }
});

test('what comes while nobody looks never falls', async ({ page }) => {
  await open(page);
  const fell = await page.evaluate(async () => {
    const hide = (hidden: boolean) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    };
    hide(true);
    bench.rain(30);
    hide(false);
    for (let frame = 0; frame < 60; frame += 1) {
      await new Promise(requestAnimationFrame);
      if (inAir() !== null) return true;
    }
    return false;
  });
  expect(fell).toBe(false);
  expect((await fall(page)).length).toBeGreaterThan(1);
});

test('it is the same where the page has to draw it', async ({ page, context }) => {
  await open(page);
  const beside = await look(page);
  const other = await context.newPage();
  const workers: string[] = [];
  other.on('worker', (worker) => workers.push(worker.url()));
  await other.addInitScript(() => Reflect.deleteProperty(HTMLCanvasElement.prototype, 'transferControlToOffscreen'));
  await open(other);
  expect(workers).toEqual([]);
  const within = await look(other);
  expect([within.width, within.height]).toEqual([beside.width, beside.height]);
  let off = 0;
  for (const [i, part] of within.pixels.entries()) if (Math.abs(part - (beside.pixels[i] ?? 0)) > 8) off += 1;
  expect(off).toBeLessThan(within.pixels.length / 1000);
  expect((await fall(other)).length).toBeGreaterThan(1);
});
