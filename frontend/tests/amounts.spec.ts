// Amounts: what people type, what it would bring, and what keeps it from being given.
import { t } from '../src/strings';
import { fund, contribute as others, UST } from './harness/chain';
import { amount, connect, contribute, credited, give, mine, of, preview, type } from './harness/steps';
import { expect, test } from './harness/test';
import { Account } from './harness/wallet';

test('the rank as typed is the rank afterwards, with its exact odds', async ({ page, wallet }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  const rank = await type(page, '47.123456');
  const said = (await preview(page).locator('.would').textContent()) ?? '';
  await contribute(page, '47.123456');
  await credited(page);
  await expect(mine(page)).toContainText(rank);
  await expect(mine(page)).toContainText('47.123456 UST');
  const odds = said.match(/[\d.]+ %/)?.[0] ?? 'no odds';
  await expect(mine(page)).toContainText(odds);
  await expect(page.locator(`tr[data-me]`)).toHaveCount(Number(rank.replace(/\D/g, '')) <= 10 ? 1 : 0);
  expect(wallet.calls.length).toBeGreaterThan(0);
});

test('a top-up says and reaches the total', async ({ page, wallet: _ }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '20');
  await credited(page);
  const rank = await type(page, '0.5');
  await expect(preview(page)).toContainText(t.contribute.becomes('20.50 UST'));
  await contribute(page, '0.5');
  await expect(mine(page)).toContainText('20.50 UST');
  await expect(mine(page)).toContainText(rank);
});

test('somebody else’s contribution moves the rank as typed', async ({ page, demo }) => {
  await page.goto('/');
  const before = await type(page, '61');
  const account = await Account.random();
  await fund(demo, account.address);
  await others(demo, account, 1, 62n * UST);
  const place = Number(before.replace(/\D/g, ''));
  await expect(preview(page).locator('.big')).toHaveText(t.shower.rank(String(place + 1)));
});

for (const [locale, typed, shown] of [
  ['en-US', '1,000', '1,000 UST'],
  ['en-US', '12,5', '12.50 UST'],
  ['en-US', '100 UST', '100 UST'],
  ['en-US', '1.5', '1.50 UST'],
  ['de-DE', '1.000', '1.000 UST'],
  ['de-DE', '12,5', '12,50 UST'],
  ['de-DE', '1,000', '1 UST'],
  ['de-DE', '100 UST', '100 UST'],
] as const) {
  test.describe(locale, () => {
    test.use({ locale });
    test(`${typed} is ${shown}`, async ({ page, wallet: _ }) => {
      await page.goto('/');
      await connect(page, 'Keplr');
      // The answer to an amount typed before must not stay.
      await type(page, '77');
      await amount(page).fill(typed);
      await expect(give(page)).toHaveText(t.contribute.give(shown));
    });
  });
}

for (const [typed, why] of [
  ['abc', 'unreadable'],
  ['1..2', 'unreadable'],
  ['-5', 'unreadable'],
  ['1.1234567', 'places'],
  ['0', 'zero'],
] as const) {
  test(`${typed} is no amount, and says why`, async ({ page, wallet }) => {
    await page.goto('/');
    await connect(page, 'Keplr');
    await type(page, '77');
    await amount(page).fill(typed);
    await expect(preview(page)).toHaveText(t.contribute.unreadable[why]);
    await expect(amount(page)).toHaveAttribute('aria-invalid', 'true');
    await give(page).click({ force: true });
    expect(wallet.calls.filter(({ method }) => method.startsWith('sign'))).toEqual([]);
  });
}

test('less than the minimum can’t be given', async ({ page, wallet }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  await amount(page).fill('7.999999');
  await expect(preview(page)).toHaveText(t.contribute.below('8 UST'));
  await give(page).click({ force: true });
  await expect(give(page)).toHaveAttribute('aria-disabled', 'true');
  expect(wallet.calls.filter(({ method }) => method.startsWith('sign'))).toEqual([]);
  await page.getByRole('button', { name: t.contribute.least }).click();
  await expect(give(page)).toHaveText(t.contribute.give('8 UST'));
});

test('more than there is can’t be given', async ({ page, wallet }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  await amount(page).fill('1000.000001');
  await expect(preview(page)).toHaveText(t.contribute.short('1,000 UST'));
  await give(page).click({ force: true });
  expect(wallet.calls.filter(({ method }) => method.startsWith('sign'))).toEqual([]);
});

test('without coins for the fee it says so before anything is signed', async ({ page, demo, wallet }) => {
  const { address } = wallet.account;
  const { gas_price } = await demo.get<{ gas_price: { denom: string } }>('/v1/site');
  await demo.expect<{ exists: boolean }>(`/v1/accounts/${address}`, ({ exists }) => exists);
  await demo.setBalance(address, gas_price.denom, 0n);
  await page.goto('/');
  await connect(page, 'Keplr');
  await amount(page).fill('33');
  await expect(preview(page)).toHaveText(of((fee: string) => t.contribute.noFee(fee, '0 LUNA')));
  await give(page).click({ force: true });
  expect(wallet.calls.filter(({ method }) => method.startsWith('sign'))).toEqual([]);
});

test('a wallet without the coin to contribute is told so', async ({ page, demo, wallet }) => {
  const { address } = wallet.account;
  await demo.expect<{ exists: boolean }>(`/v1/accounts/${address}`, ({ exists }) => exists);
  await demo.setBalance(address, 'uusd', 0n);
  await page.goto('/');
  await connect(page, 'Keplr');
  await amount(page).fill('8');
  await expect(preview(page)).toHaveText(t.contribute.short('0 UST'));
});
