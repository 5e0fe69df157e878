// Help and status: what is wrong is said in words, answers can be linked to, and debug info keeps secrets.
import type { Schemas } from '../src/api/client';
import { t } from '../src/strings';
import { helpText } from '../src/strings/help';
import { expectAccessible } from './harness/axe';
import { NETWORK } from './harness/guard';
import { doubleText, expectFits, rightToLeft } from './harness/layout';
import { expect, test } from './harness/test';

type Status = Schemas['PublicStatus'];

test('when all is well it says so, and it fits', async ({ page }) => {
  await page.goto('/help');
  await expect(page.locator('.overall')).toHaveText(helpText.overall.good);
  await expectAccessible(page);
  await expectFits(page);
  await doubleText(page);
  await expectFits(page);
  await rightToLeft(page);
  await expectFits(page);
});

test('halted figures, a server that lags, and alarms are said', async ({ page, server }) => {
  server.patch<Status>(/^\/v1\/status$/, (status) => ({ ...status, halted: true, tip: status.height + 40, alarms: 2 }));
  await page.goto('/help');
  await expect(page.locator('.overall')).toHaveText(helpText.overall.bad);
  const health = page.locator('.health');
  await expect(health).toContainText(helpText.lines.figures.halted);
  await expect(health).toContainText(helpText.lines.nodes.behind('40', false));
  await expect(health).toContainText(helpText.lines.alarms.some('2', false));
  await expectAccessible(page);
});

test('the server goes away while one reads: it says so, answers stay, and all is well when it is back', async ({
  page,
  server,
  guard,
}) => {
  guard.allow(NETWORK);
  await page.goto('/help');
  await expect(page.locator('.overall')).toHaveText(helpText.overall.good);
  await server.away();
  await expect(page.locator('.overall')).toHaveText(helpText.overall.bad, { timeout: 30_000 });
  await expect(page.locator('.health')).toContainText(helpText.lines.connection.lost);
  await page.getByText(helpText.answers(NOTHING)[0]?.question ?? '').click();
  await server.back();
  await expect(page.locator('.overall')).toHaveText(helpText.overall.good, { timeout: 30_000 });
});

const NOTHING = {
  contract: '',
  minimum: '',
  tiers: null,
  mintWindow: '',
  keyWindow: '',
  revealTimeout: '',
  holdback: '',
  tax: '',
  taxCap: '',
};

test('each answer can be linked to, and has an answer', async ({ page }) => {
  await page.goto('/help#refunds');
  await expect(page.locator('#refunds')).toHaveAttribute('open', '');
  await expect(page.locator('#refunds summary')).toBeInViewport();
  for (const { id } of helpText.answers(NOTHING)) {
    const answer = page.locator(`details[id="${id}"]`);
    if (id !== 'refunds') await answer.locator('summary').click();
    await expect(answer.locator('p, li').first()).not.toBeEmpty();
  }
  await expectFits(page);
});

test('coins sent by hand are found by their sender, in the address bar too', async ({ page, server, wallet }) => {
  const who = wallet.account.address;
  const coins = { denom: 'uusd', height: 5, time: 1_636_351_200 };
  server.answer(/^\/v1\/unasked/, 200, {
    left: [{ denom: 'uusd', amount: '74195123456' }],
    received: [{ ...coins, who, amount: '74195123456' }],
    returned: [],
    next: null,
  });
  await page.goto('/help');
  await page.getByLabel(helpText.sentFind).fill(who);
  await page.keyboard.press('Enter');
  const answer = page.locator('#sent-answer');
  await expect(answer).toContainText('74,195.123456 UST');
  await expect(answer).toContainText(helpText.sentAsk);
  await page.reload();
  await expect(answer).toContainText('74,195.123456 UST');
  await expectFits(page);
});

test('debug info is copied with the last errors and without anybody’s address', async ({
  page,
  context,
  server,
  guard,
  wallet,
}) => {
  guard.allow(NETWORK);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const who = wallet.account.address;
  server.answer(/^\/v1\/wallets\//, 503, { title: 'busy', status: 503, detail: `too busy for ${who}` });
  await page.goto(`/telescope/1?address=${who}`);
  await expect(page.locator('.found .danger')).toBeVisible();
  await page.locator('.tabs').getByRole('link', { name: t.app.help }).click();
  await page.getByRole('button', { name: helpText.debug }).click();
  await expect(page.getByRole('button', { name: helpText.debugDone })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('chain: localterra');
  expect(copied).toContain('503 too busy for terra1…');
  expect(copied).not.toContain(who);
});

test('a server that says nothing of itself breaks nothing', async ({ page, server, guard }) => {
  guard.allow(/404/);
  server.answer(/^\/v1\/site$/, 404, { title: 'none', status: 404 });
  await page.goto('/help');
  await expect(page.getByText(helpText.noSupport)).toBeVisible();
  await expect(page.getByText(helpText.releaseNone)).toBeVisible();
});
