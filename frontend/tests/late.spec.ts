// A contribution that comes too late: it fails in its block, costs only its fee, and the page says so.
import { t } from '../src/strings';
import { connect, give, of, receipt, type } from './harness/steps';
import { expect, test } from './harness/test';

// The chain's time is moved on, so that nothing here depends on how fast the machine is.
const SECONDS = 7_200;
test.use({ world: { showers: 2, wallets: 1, contributions: 1, seconds: SECONDS } });

test('a late contribution costs only its fee', async ({ page, demo, server, wallet }) => {
  await demo.expect<{ current: number | null }>('/v1/showers', ({ current }) => current === 1);
  await page.goto('/');
  await connect(page, 'Keplr');
  await type(page, '15');
  await expect(page.locator('.leaves')).toHaveText(of(t.contribute.leaves));
  const gate = server.hold('POST', /^\/v1\/txs$/);
  await give(page).click();
  await gate.held();
  await demo.call('dev_advanceTime', { seconds: SECONDS });
  await demo.expect<{ current: number | null }>('/v1/showers', ({ current }) => current === 2);
  gate.release();
  await expect(receipt(page)).toContainText(t.receipt.states.failed, { timeout: 30_000 });
  await expect(receipt(page)).toContainText(t.receipt.failed);
  // It is in the list after a reload too, and still says so.
  await page.reload();
  await expect(receipt(page)).toContainText(t.receipt.failed);
  const { balances } = await demo.get<{ balances: { denom: string; amount: string }[] }>(
    `/v1/accounts/${wallet.account.address}`,
  );
  expect(balances.find(({ denom }) => denom === 'uusd')?.amount).toBe('1000000000');
});
