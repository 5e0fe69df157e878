// Receipts: every step of a transaction survives a reload, and what became of it is never guessed.
import { t } from '../src/strings';
import { NETWORK } from './harness/guard';
import { connect, contribute, credited, receipt } from './harness/steps';
import { expect, test } from './harness/test';

test('signed, then a reload: it is sent by itself', async ({ page, server, guard, wallet: _ }) => {
  guard.allow(NETWORK);
  const gate = server.hold('POST', /^\/v1\/txs$/);
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '34');
  await gate.held();
  await expect(receipt(page)).toContainText(t.receipt.states.signed);
  await page.reload();
  await expect(receipt(page)).toContainText(t.receipt.states.signed);
  gate.release();
  await credited(page);
});

test('sent, then a reload: it is followed into its block', async ({ page, demo, wallet: _ }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  await demo.blocks(false);
  try {
    await contribute(page, '35');
    await expect(receipt(page)).toContainText(t.receipt.states.sent);
    await page.reload();
    await expect(receipt(page)).toContainText(t.receipt.states.sent);
  } finally {
    await demo.blocks(true);
  }
  await credited(page);
});

test('in a block, then a reload: it is followed until it counts', async ({ page, server, guard, wallet }) => {
  guard.allow(NETWORK);
  await page.goto('/');
  await connect(page, 'Keplr');
  const gate = server.hold('GET', new RegExp(`^/v1/wallets/${wallet.account.address}`));
  await contribute(page, '36');
  await expect(receipt(page)).toContainText(t.receipt.states.block);
  await page.reload();
  await expect(receipt(page)).toContainText(t.receipt.states.block);
  gate.release();
  await credited(page);
});

test('credited, then a reload: the hash is still there', async ({ page, server, wallet: _ }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '37');
  await credited(page);
  await page.reload();
  await expect(receipt(page)).toContainText(t.receipt.states.credited);
  await receipt(page).getByText(t.receipt.details).click();
  const shown = (await receipt(page).locator('code, button').allTextContents()).join(' ');
  const hash = shown.match(/[0-9A-F]{64}/)?.[0];
  const asked = server.requests.some(({ path }) => path === `/v1/txs/${hash}`);
  expect(asked, `${shown} names the transaction`).toBe(true);
});

test('an answer that is lost is not taken for a failure', async ({ page, server, guard, wallet: _ }) => {
  guard.allow(NETWORK);
  await page.goto('/');
  await connect(page, 'Keplr');
  // The server takes it, and its answer never arrives.
  await page.route('**/v1/txs', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await contribute(page, '38');
  await credited(page);
  expect(server.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/txs').length).toBeGreaterThan(
    0,
  );
});

test('the server goes away after signing: it is sent when it is back', async ({ page, server, guard, wallet }) => {
  guard.allow(NETWORK);
  wallet.manner.sign = 'wait';
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '39');
  await wallet.asked('signDirect');
  await server.away();
  wallet.go();
  await expect(receipt(page)).toContainText(t.receipt.states.signed);
  await server.back();
  await credited(page);
});

test('what the chain refuses has cost nothing, and says why', async ({ page, server, guard, wallet: _ }) => {
  guard.allow(NETWORK);
  await page.goto('/');
  await connect(page, 'Keplr');
  server.answer(/^\/v1\/txs$/, 422, {
    type: 'about:blank',
    title: 'Refused',
    status: 422,
    detail: 'The fee is too small: the chain wants 1 LUNA.',
    codespace: 'sdk',
    code: 13,
  });
  await contribute(page, '41');
  await expect(receipt(page)).toContainText(t.receipt.states.failed);
  await expect(receipt(page)).toContainText('The fee is too small');
  await expect(receipt(page)).toContainText(t.receipt.refused);
});
