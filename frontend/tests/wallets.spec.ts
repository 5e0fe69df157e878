// Wallets: each of them, and whatever they and their users may do.
import { t } from '../src/strings';
import { NETWORK } from './harness/guard';
import {
  choose,
  connect,
  contribute,
  credited,
  give,
  mine,
  openWallets,
  receipt,
  sheet,
  type,
  walletButton,
} from './harness/steps';
import { expect, test } from './harness/test';
import { Account, verifySigned } from './harness/wallet';

/** The last transaction that the page broadcast. */
function broadcast(requests: readonly { method: string; path: string; body: string }[]): string {
  const sent = requests.filter(({ method, path }) => method === 'POST' && path === '/v1/txs').at(-1);
  return (JSON.parse(sent?.body ?? '{}') as { tx: string }).tx;
}

const short = (address: string) => address.slice(-4);

for (const [place, name, method] of [
  ['keplr', 'Keplr', 'signDirect'],
  ['leap', 'Leap', 'signDirect'],
  ['station.keplr', 'Station', 'signDirect'],
  ['galaxyStation.keplr', 'Galaxy Station', 'signAmino'],
] as const) {
  test.describe(name, () => {
    test.use({ places: [place] });
    test(`signs what the chain takes (${method})`, async ({ page, server, wallet }) => {
      await page.goto('/');
      await connect(page, name);
      await contribute(page, '25');
      await credited(page);
      const call = await wallet.asked(method);
      expect(wallet.calls.filter((call) => call.method.startsWith('sign'))).toHaveLength(1);
      const fee = await verifySigned(broadcast(server.requests), call, wallet.account);
      expect(fee.gas).toBeGreaterThan(0n);
      await expect(mine(page)).toContainText('25 UST');
    });
  });
}

test('a Ledger signs amino', async ({ page, server, wallet }) => {
  wallet.manner.aminoOnly = true;
  await page.goto('/');
  await connect(page, 'Keplr');
  await walletButton(page).click();
  await expect(sheet(page)).toContainText(t.wallet.ledger);
  await page.keyboard.press('Escape');
  await contribute(page, '30');
  await credited(page);
  await verifySigned(broadcast(server.requests), await wallet.asked('signAmino'), wallet.account);
});

for (const aminoOnly of [false, true]) {
  test(`the fee that was changed in the wallet is the one that counts (${aminoOnly ? 'amino' : 'direct'})`, async ({
    page,
    server,
    wallet,
  }) => {
    wallet.manner.aminoOnly = aminoOnly;
    wallet.manner.feeTimes = 3n;
    await page.goto('/');
    await connect(page, 'Keplr');
    await contribute(page, '31');
    await credited(page);
    const call = await wallet.asked(aminoOnly ? 'signAmino' : 'signDirect');
    await verifySigned(broadcast(server.requests), call, wallet.account);
  });
}

test('declining to connect changes nothing', async ({ page, wallet }) => {
  wallet.manner.enable = 'reject';
  await page.goto('/');
  await choose(page, 'Keplr');
  await expect(sheet(page)).toContainText(t.wallet.trouble.rejected('Keplr'));
  wallet.manner.enable = 'accept';
  await sheet(page).getByRole('button', { name: 'Keplr', exact: true }).click();
  await expect(walletButton(page)).toContainText(short(wallet.account.address));
});

test('declining to sign sends nothing, and one can try again', async ({ page, server, wallet }) => {
  wallet.manner.sign = 'reject';
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '26');
  await expect(page.getByText(t.wallet.trouble.rejected('Keplr'))).toBeVisible();
  expect(server.requests.filter(({ path }) => path === '/v1/txs')).toEqual([]);
  await expect(receipt(page)).toBeHidden();
  wallet.manner.sign = 'accept';
  await give(page).click();
  await credited(page);
});

test('a locked wallet is waited for, and one can give up', async ({ page, wallet }) => {
  wallet.manner.enable = 'wait';
  await page.goto('/');
  await choose(page, 'Keplr');
  await expect(sheet(page)).toContainText(t.wallet.waitingHint('Keplr'));
  await sheet(page).getByRole('button', { name: t.wallet.cancel }).click();
  // An answer to what was given up must not connect.
  wallet.go();
  await expect(walletButton(page)).toHaveText(t.wallet.connect);
  await sheet(page).getByRole('button', { name: 'Keplr', exact: true }).click();
  await wallet.asked('enable', 2);
  await expect(walletButton(page)).not.toContainText(short(wallet.account.address));
  wallet.go();
  await expect(walletButton(page)).toContainText(short(wallet.account.address));
});

test('a slow signature keeps one transaction under way', async ({ page, server, wallet }) => {
  wallet.manner.sign = 'wait';
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '27');
  await wallet.asked('signDirect');
  await expect(give(page)).toHaveText(t.contribute.signing);
  await give(page).click({ force: true });
  wallet.go();
  await credited(page);
  expect(wallet.calls.filter(({ method }) => method === 'signDirect')).toHaveLength(1);
  expect(server.requests.filter(({ path }) => path === '/v1/txs')).toHaveLength(1);
});

test('an unknown chain can be added', async ({ page, demo, wallet }) => {
  wallet.manner.chains = ['columbus-5'];
  const { chain_id } = await demo.get<{ chain_id: string }>('/v1/config');
  await page.goto('/');
  await choose(page, 'Keplr');
  await expect(sheet(page)).toContainText(t.wallet.trouble.chain('Keplr'));
  await sheet(page)
    .getByRole('button', { name: t.wallet.addChain(chain_id, 'Keplr') })
    .click();
  await expect(walletButton(page)).toContainText(short(wallet.account.address));
  const [info] = (await wallet.asked('experimentalSuggestChain')).args as [Record<string, unknown>];
  expect(info).toMatchObject({ chainId: chain_id, bip44: { coinType: 330 } });
});

test('a chain that its user does not want added stays out', async ({ page, demo, wallet }) => {
  wallet.manner.chains = ['columbus-5'];
  wallet.manner.suggest = 'reject';
  const { chain_id } = await demo.get<{ chain_id: string }>('/v1/config');
  await page.goto('/');
  await choose(page, 'Keplr');
  await sheet(page)
    .getByRole('button', { name: t.wallet.addChain(chain_id, 'Keplr') })
    .click();
  await expect(sheet(page)).toContainText(t.wallet.trouble.rejected('Keplr'));
  await expect(walletButton(page)).toHaveText(t.wallet.connect);
});

test('another account is shown at once, and the old one signs nothing more', async ({ page, demo, server, wallet }) => {
  const second = await Account.random();
  await demo.post('/demo/faucet', { address: second.address });
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '28');
  await credited(page);
  await expect(mine(page)).toContainText('28 UST');
  await wallet.switchTo(page, second);
  await expect(walletButton(page)).toContainText(short(second.address));
  await expect(mine(page)).toContainText(t.shower.noneMine);
  await contribute(page, '29');
  await credited(page);
  await expect(mine(page)).toContainText('29 UST');
  await verifySigned(broadcast(server.requests), await wallet.asked('signDirect', 2), second);
});

test('a switch while signing sends nothing of the wrong account', async ({ page, demo, server, wallet }) => {
  const second = await Account.random();
  await demo.post('/demo/faucet', { address: second.address });
  wallet.manner.sign = 'wait';
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '28.5');
  await wallet.asked('signDirect');
  await wallet.switchTo(page, second);
  await expect(walletButton(page)).toContainText(short(second.address));
  // The wallet refuses to sign for an account that is not the chosen one.
  wallet.go();
  await expect(page.getByText(t.wallet.other('Keplr', 'Signer mismatched'))).toBeVisible();
  expect(server.requests.filter(({ path }) => path === '/v1/txs')).toEqual([]);
});

test('the wallet of the last visit is connected again', async ({ page, wallet }) => {
  await page.goto('/');
  await connect(page, 'Keplr');
  await page.reload();
  await expect(walletButton(page)).toContainText(short(wallet.account.address));
  await walletButton(page).click();
  await sheet(page).getByRole('button', { name: t.wallet.disconnect }).click();
  await expect(walletButton(page)).toHaveText(t.wallet.connect);
  await page.reload();
  await expect(walletButton(page)).toHaveText(t.wallet.connect);
});

test('without a wallet there is a way on', async ({ page, server, guard }, testInfo) => {
  guard.allow(NETWORK);
  // As outside a demo, whose wallet would be one.
  server.answer(/^\/demo$/, 404, { title: 'Not found', status: 404, detail: 'no demo' });
  await page.goto('/');
  const wallets = await openWallets(page);
  const phone = testInfo.project.name === 'phone';
  await expect(wallets).toContainText(phone ? t.wallet.nonePhone : t.wallet.noneDesktop);
  await expect(wallets.getByRole('img', { name: t.wallet.qr })).toBeVisible();
  await expect(wallets).toContainText(server.url);
  const open = wallets.getByRole('link', { name: t.wallet.openIn('Keplr') });
  if (phone) await expect(open).toHaveAttribute('href', new RegExp(`${encodeURIComponent(server.url)}`));
  else await expect(open).toBeHidden();
});

test('a wallet that comes late is found', async ({ page, wallet }) => {
  await page.addInitScript(() => {
    const { keplr } = globalThis as unknown as { keplr: unknown };
    Reflect.deleteProperty(globalThis, 'keplr');
    Object.assign(globalThis, { __late: () => Object.assign(globalThis, { keplr }) });
  });
  await page.goto('/');
  const wallets = await openWallets(page);
  await expect(wallets.getByRole('button', { name: 'Keplr', exact: true })).toBeHidden();
  await page.evaluate(() => (globalThis as unknown as { __late: () => void }).__late());
  await wallets.getByRole('button', { name: 'Keplr', exact: true }).click();
  await expect(walletButton(page)).toContainText(short(wallet.account.address));
});

test('the demo wallet contributes without any other', async ({ page }) => {
  await page.goto('/');
  const wallets = await openWallets(page);
  await wallets.getByRole('button', { name: t.wallet.usePlay }).click();
  await expect(sheet(page)).toBeHidden();
  const rank = await type(page, '40');
  await contribute(page, '40');
  await credited(page);
  await expect(mine(page)).toContainText(rank);
  await walletButton(page).click();
  await expect(sheet(page)).toContainText(t.wallet.playNote);
});
