// What the page shows when the server, the node behind it or this device's clock is not as it should be.
import { t } from '../src/strings';
import { NETWORK } from './harness/guard';
import { of } from './harness/steps';
import { expect, test } from './harness/test';

const pulse = '.pulse';

test('the server goes away: last figures stay, marked, and it comes back by itself', async ({
  page,
  server,
  guard,
}) => {
  guard.allow(NETWORK);
  await page.goto('/');
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'live');
  const total = await page.locator('.hero .facts').textContent();
  await server.away();
  await expect(page.getByText(t.banners.lostTitle)).toBeVisible({ timeout: 30_000 });
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'lost');
  await expect(page.locator('.hero .facts')).toHaveText(total ?? '');
  await server.back();
  await expect(page.getByText(t.banners.lostTitle)).toBeHidden({ timeout: 30_000 });
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
});

test('a server that hangs is no server', async ({ page, server, guard }) => {
  guard.allow(NETWORK);
  await page.goto('/');
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'live');
  server.hang();
  // First the blocks are missed, then the question why stays unanswered.
  await expect(page.getByText(of(t.banners.lateTitle))).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(t.banners.lostTitle)).toBeVisible({ timeout: 45_000 });
  await server.back();
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
});

test('a page that is opened while the server hangs says so, and fills when it is back', async ({
  page,
  server,
  guard,
}) => {
  guard.allow(NETWORK);
  let api = true;
  await page.route(/\/(v1|demo)(\/|$)/, (route) => (api ? undefined : route.continue()));
  await page.goto('/');
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'connecting');
  await expect(page.getByText(t.shower.waiting)).toBeVisible();
  await expect(page.getByText(t.banners.lostFirst)).toBeVisible({ timeout: 45_000 });
  api = false;
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await expect(page.locator('.hero')).toBeVisible({ timeout: 30_000 });
  expect(server.requests.length).toBeGreaterThan(0);
});

test('without events the page asks, and says what it says', async ({ page, server, guard }) => {
  guard.allow(/EventSource|Failed to load resource/);
  server.answer(/^\/v1\/events/, 503, { title: 'no events', status: 503 });
  await page.goto('/');
  await expect(page.locator('.hero')).toBeVisible({ timeout: 30_000 });
  const first = await page.locator(pulse).textContent();
  await expect(page.locator(pulse)).not.toHaveText(first ?? '', { timeout: 30_000 });
});

test('no blocks: after three block times figures are marked old, until blocks come', async ({ page, demo }) => {
  await page.goto('/');
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'live');
  await demo.blocks(false);
  try {
    await expect(page.getByText(of(t.banners.lateTitle))).toBeVisible({ timeout: 30_000 });
    await expect(page.locator(pulse)).toHaveAttribute('data-state', 'late');
    await expect(page.getByText(t.shower.estimate)).toBeVisible();
    await expect(page.getByText(t.banners.lostTitle)).toBeHidden();
  } finally {
    await demo.blocks(true);
  }
  await expect(page.locator(pulse)).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
  await expect(page.getByText(of(t.banners.lateTitle))).toBeHidden();
});

test('an indexer that has halted is said', async ({ page, server, demo }) => {
  server.patch<{ halted: unknown }>(/^\/v1\/status/, (status) => ({
    ...status,
    halted: 'block 12: a log hash differs',
  }));
  await page.goto('/');
  await expect(page.locator('.hero')).toBeVisible();
  // The page asks for the state once blocks are missed.
  await demo.blocks(false);
  try {
    await expect(page.getByText(t.banners.haltedTitle)).toBeVisible({ timeout: 30_000 });
  } finally {
    await demo.blocks(true);
  }
});

for (const [title, by, ahead] of [
  ['ahead', 3_600_000, true],
  ['behind', -120_000, false],
] as const) {
  test(`a device's clock that is ${title} is noticed, and the countdown goes by the chain`, async ({ page }) => {
    await page.addInitScript((by) => {
      const now = Date.now;
      Date.now = () => now() + by;
    }, by);
    await page.goto('/');
    await expect(page.getByText(t.banners.clockTitle)).toBeVisible();
    await expect(page.getByText(of((span: string) => t.banners.clock(span, ahead)))).toBeVisible();
    // Four hours, less what the tests have taken so far.
    await expect(page.locator('.digits')).toHaveText(/^03:|^04:00:00/);
  });
}

test('a clock that is right is not spoken of', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('.hero')).toBeVisible();
  await expect(page.getByText(t.banners.clockTitle)).toBeHidden();
});
