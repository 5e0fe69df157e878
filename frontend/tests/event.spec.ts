// Where the event stands: before it opens, between showers, in the last seconds, paused, cancelled, over.
import { t } from '../src/strings';
import { crowd } from './harness/chain';
import { beforeOpening, betweenShowers, closingIn } from './harness/event';
import { NETWORK } from './harness/guard';
import { amount, connect, give, mine, of, preview, receipt, type } from './harness/steps';
import { expect, test } from './harness/test';

test('before it opens: when, with the local date, and amounts can be tried', async ({ page, server }) => {
  beforeOpening(server, 2 * 86_400 + 23 * 3_600 + 55 * 60);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t.shower.heading.before('1', '4'));
  await expect(page.locator('.digits')).toHaveText(/2 days 23:5\d:\d\d/);
  await expect(page.locator('.clock')).toContainText(t.shower.until.opens);
  await expect(page.locator('.clock')).toContainText(/[A-Z][a-z]{2}, [A-Z][a-z]{2} \d+/);
  await expect(page.getByText(t.contribute.before)).toBeVisible();
  await amount(page).fill('100');
  await expect(preview(page)).toContainText(of(t.shower.rank));
  await expect(give(page)).toBeHidden();
});

test('between showers nothing can be given', async ({ page, server }) => {
  betweenShowers(server);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(t.shower.heading.between('2', '4'));
  await expect(page.getByText(t.contribute.between)).toBeVisible();
  await expect(give(page)).toBeHidden();
});

test('in the last seconds it warns, and not before', async ({ page, server }) => {
  closingIn(server, 40);
  await page.goto('/');
  await expect(page.locator('.hero')).toBeVisible();
  await expect(page.getByText(t.contribute.late)).toBeHidden();
  await expect(page.getByText(t.contribute.late)).toBeVisible({ timeout: 45_000 });
});

test('paused: said everywhere, nothing can be given, and it goes on when it is resumed', async ({
  page,
  demo,
  guard,
  wallet,
}) => {
  // Asked what it would cost, the chain says that it is paused.
  guard.allow(NETWORK);
  await page.goto('/');
  await connect(page, 'Keplr');
  await type(page, '21');
  await demo.command('guardian', 'pause');
  try {
    await expect(page.getByText(t.banners.paused)).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(t.contribute.paused)).toBeVisible();
    await expect(give(page)).toBeHidden();
    await page.goto('/help');
    await expect(page.getByText(t.banners.paused)).toBeVisible();
    await page.goto('/');
  } finally {
    await demo.command('owner', 'resume');
  }
  await expect(page.getByText(t.banners.paused)).toBeHidden({ timeout: 30_000 });
  await expect(give(page)).toBeVisible();
  expect(wallet.calls.filter(({ method }) => method.startsWith('sign'))).toEqual([]);
});

test('a pause between signing and the block costs only the fee', async ({ page, demo, server, wallet }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  await type(page, '21');
  await expect(page.locator('.leaves')).toHaveText(of(t.contribute.leaves));
  const gate = server.hold('POST', /^\/v1\/txs$/);
  await give(page).click();
  await gate.held();
  await demo.command('guardian', 'pause');
  try {
    gate.release();
    await expect(receipt(page)).toContainText(t.receipt.failed, { timeout: 30_000 });
    await expect(receipt(page)).toContainText(/paused/i);
  } finally {
    await demo.command('owner', 'resume');
  }
  await expect(mine(page)).toContainText(t.shower.noneMine);
  const { balances } = await demo.get<{ balances: { denom: string; amount: string }[] }>(
    `/v1/accounts/${wallet.account.address}`,
  );
  expect(balances.find(({ denom }) => denom === 'uusd')?.amount).toBe('1000000000');
});

test.describe('an event of its own', () => {
  test.use({ world: { showers: 1, wallets: 1, contributions: 1, seconds: 7_200 } });

  test('cancelled: how the refund comes, and that it has come', async ({ page, demo, wallet }) => {
    const [first] = await crowd(demo, 2);
    if (!first) throw new Error('nobody');
    wallet.account = first;
    await page.goto('/');
    await connect(page, 'Keplr');
    await expect(mine(page)).toContainText('12 UST');
    await demo.command('owner', 'cancel', '--shower', '1', '--yes');
    await expect(page.getByText(t.shower.cancelledTitle('1'))).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(t.shower.refund)).toBeVisible();
    await expect(mine(page)).toContainText(t.shower.states.refundable);
    await demo.command('owner', 'refund', '--shower', '1');
    await expect(mine(page)).toContainText(t.shower.states.refunded, { timeout: 30_000 });
  });
});

test.describe('after the showers', () => {
  test.use({ world: 'after' });

  test('it says what there is to do, not good-bye', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(t.shower.heading.over('2', '2'));
    await expect(page.getByText(t.shower.over.crack)).toBeVisible();
    await page.getByRole('link', { name: t.shower.over.toCave }).click();
    await expect(page).toHaveURL(/\/cave/);
  });
});
