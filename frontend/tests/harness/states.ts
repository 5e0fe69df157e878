// Every page in every state, for looking at them: by axe, by rulers, and by people (screenshots).
import { expect, type Page } from '@playwright/test';
import { t } from '../../src/strings';
import { caveText } from '../../src/strings/cave';
import { telescopeText } from '../../src/strings/telescope';
import type { Demo } from './demo';
import { beforeOpening, betweenShowers, closingIn, withShowers } from './event';
import { type Guard, NETWORK } from './guard';
import type { Between } from './server';
import { choose, connect, contribute, credited, give, openWallets, receipt, sheet, type } from './steps';
import type { Wallet } from './wallet';

export interface Scene {
  page: Page;
  demo: Demo;
  server: Between;
  guard: Guard;
  /** A wallet in the browser; asked for only where one is needed. */
  wallet: () => Promise<Wallet>;
}

export interface State {
  name: string;
  world: 'calm' | 'after';
  /** Brings the page there. */
  show: (scene: Scene) => Promise<void>;
  /** Undoes what others would see. */
  undo?: (scene: Scene) => Promise<void>;
}

const open = async (page: Page, path: string) => {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
};

const LONG = '12345678901234567';

/** The address of who ranked first in a shower. */
async function first(demo: Demo, shower = 1): Promise<string> {
  const { ranking } = await demo.get<{ ranking: { contributor: string }[] }>(`/v1/showers/${shower}/ranking?limit=1`);
  return ranking[0]?.contributor ?? '';
}

/** Connects the wallet of the demo's visitor, who took part in its first shower. */
async function asVisitor({ demo, page, wallet }: Scene, path: string): Promise<void> {
  const mine = await wallet();
  if (demo.visitor) mine.account = demo.visitor;
  await open(page, '/');
  await connect(page, 'Keplr');
  await page.goto(path);
}

const calm = (name: string, show: State['show'], undo?: State['undo']): State => ({
  name,
  world: 'calm',
  show,
  ...(undo ? { undo } : {}),
});
const after = (name: string, show: State['show']): State => ({ name, world: 'after', show });

export const STATES: readonly State[] = [
  calm('shower-open', ({ page }) => open(page, '/')),
  calm('shower-before', async ({ page, server }) => {
    beforeOpening(server, 2 * 86_400 + 23 * 3_600 + 55 * 60);
    await open(page, '/');
  }),
  calm('shower-between', async ({ page, server }) => {
    betweenShowers(server);
    await open(page, '/');
  }),
  calm('shower-typed', async ({ page, wallet }) => {
    await wallet();
    await open(page, '/');
    await connect(page, 'Keplr');
    await type(page, '90');
    await expect(page.locator('.leaves')).not.toContainText(t.contribute.feeUnknown);
  }),
  calm('shower-contributed', async ({ page, wallet }) => {
    await wallet();
    await open(page, '/');
    await connect(page, 'Keplr');
    await contribute(page, '55.5');
    await credited(page);
  }),
  calm('shower-signing', async ({ page, wallet }) => {
    (await wallet()).manner.sign = 'wait';
    await open(page, '/');
    await connect(page, 'Keplr');
    await contribute(page, '50');
    await expect(give(page)).toHaveText(t.contribute.signing);
  }),
  calm('shower-refused', async ({ page, server, guard, wallet }) => {
    guard.allow(NETWORK);
    await wallet();
    const detail = 'The fee is too small: the chain wants 1 LUNA.';
    server.answer(/^\/v1\/txs$/, 422, { type: 'about:blank', title: 'Refused', status: 422, detail, code: 13 });
    await open(page, '/');
    await connect(page, 'Keplr');
    await contribute(page, '51');
    await expect(receipt(page)).toContainText(detail);
  }),
  calm('shower-too-little', async ({ page, wallet }) => {
    await wallet();
    await open(page, '/');
    await connect(page, 'Keplr');
    await page.locator('.amount input').fill('7');
    await expect(page.locator('.preview')).toContainText(t.contribute.below('8 UST'));
  }),
  calm('shower-last-seconds', async ({ page, server }) => {
    closingIn(server, 12);
    await open(page, '/');
    await expect(page.getByText(t.contribute.late)).toBeVisible();
  }),
  calm('shower-paused', async ({ page, server }) => {
    server.patch(/^\/v1\/config$/, (config) => ({ ...config, paused: true }));
    await open(page, '/');
    await expect(page.getByText(t.contribute.paused)).toBeVisible();
  }),
  calm('shower-cancelled', async ({ page, server }) => {
    withShowers(server, ({ shower }) => (shower === 1 ? { status: 'refunding', cancelled: true } : {}));
    await open(page, '/');
    await expect(page.getByText(t.shower.refund).first()).toBeVisible();
  }),
  calm('shower-long-amounts', async ({ page, server }) => {
    withShowers(server, () => ({ total: LONG, contributors: 1_234_567 }));
    server.patch<{ tiers: object[] }>(/\/floors$/, (floors) => ({
      ...floors,
      tiers: floors.tiers.map((tier) => ({ ...tier, floor: LONG })),
    }));
    server.patch<{ ranking: object[] }>(/\/ranking\?/, (answer) => ({
      ...answer,
      ranking: answer.ranking.map((row) => ({ ...row, amount: LONG })),
    }));
    await open(page, '/');
    await expect(page.locator('section[aria-labelledby=top]')).toContainText('12,345,678,901.234567');
  }),
  calm('wrong-clock', async ({ page }) => {
    await page.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() + 3_600_000;
    });
    await open(page, '/');
    await expect(page.getByText(t.banners.clockTitle)).toBeVisible();
  }),
  calm('server-lost', async ({ page, server, guard }) => {
    guard.allow(NETWORK);
    await open(page, '/');
    await expect(page.locator('.hero')).toBeVisible();
    await server.away();
    await expect(page.getByText(t.banners.lostTitle)).toBeVisible({ timeout: 30_000 });
  }),
  calm(
    'no-blocks',
    async ({ page, demo }) => {
      await open(page, '/');
      await expect(page.locator('.pulse')).toHaveAttribute('data-state', 'live');
      await demo.blocks(false);
      await expect(page.locator('.pulse')).toHaveAttribute('data-state', 'late', { timeout: 30_000 });
    },
    ({ demo }) => demo.blocks(true),
  ),
  calm('unpinned', async ({ page, server, guard }) => {
    guard.allow(NETWORK);
    server.answer(/^\/demo$/, 404, { title: 'Not found', status: 404, detail: 'no such route' });
    await open(page, '/');
    await expect(page.getByText(t.banners.unpinned)).toBeVisible();
  }),
  calm('missing', async ({ page }) => {
    await open(page, '/');
    await page.evaluate(() => {
      history.pushState(null, '', '/nowhere');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await expect(page.getByText(t.missing.title)).toBeVisible();
  }),

  calm('wallet-choose', async ({ page, wallet }) => {
    await wallet();
    await open(page, '/');
    await openWallets(page);
  }),
  calm('wallet-none', async ({ page, server, guard }) => {
    guard.allow(NETWORK);
    server.answer(/^\/demo$/, 404, { title: 'Not found', status: 404, detail: 'no such route' });
    await open(page, '/');
    await expect(page.getByText(t.banners.unpinned)).toBeVisible();
    const wallets = await openWallets(page);
    await expect(wallets.getByRole('img', { name: t.wallet.qr })).toBeVisible();
  }),
  calm('wallet-waiting', async ({ page, wallet }) => {
    (await wallet()).manner.enable = 'wait';
    await open(page, '/');
    await choose(page, 'Keplr');
    await expect(sheet(page)).toContainText(t.wallet.waitingHint('Keplr'));
  }),
  calm('wallet-unknown-chain', async ({ page, wallet }) => {
    (await wallet()).manner.chains = [];
    await open(page, '/');
    await choose(page, 'Keplr');
    await expect(sheet(page)).toContainText(t.wallet.trouble.chain('Keplr'));
  }),
  calm('wallet-connected', async ({ page, demo, wallet }) => {
    const { account } = await wallet();
    await demo.expect<{ exists: boolean }>(`/v1/accounts/${account.address}`, ({ exists }) => exists);
    await open(page, '/');
    await connect(page, 'Keplr');
    await expect(await openWallets(page)).toContainText('1,000');
  }),

  after('shower-over', ({ page }) => open(page, '/')),
  calm('telescope-empty', ({ page }) => open(page, '/telescope')),
  after('telescope', async ({ page }) => {
    await open(page, '/telescope');
    await expect(page.getByText(telescopeText.table)).toBeVisible();
  }),
  after('telescope-shower', async ({ page }) => {
    await open(page, '/telescope/1');
    await expect(page.getByText(telescopeText.rankingNote)).toBeVisible();
  }),
  after('telescope-found', async ({ page, demo }) => {
    await open(page, '/telescope/1');
    await page.getByLabel(telescopeText.find).fill(await first(demo));
    await page.getByRole('button', { name: telescopeText.findButton, exact: true }).click();
    await expect(page.getByText(telescopeText.toCave)).toBeVisible();
  }),
  calm('telescope-unknown', ({ page, guard }) => {
    guard.allow(NETWORK);
    return open(page, '/telescope/99');
  }),

  calm('cave-door', ({ page }) => open(page, '/cave')),
  calm('cave-empty', async ({ page, wallet }) => {
    await wallet();
    await open(page, '/');
    await connect(page, 'Keplr');
    await open(page, '/cave');
    await expect(page.getByText(caveText.emptyMine)).toBeVisible();
  }),
  calm('cave-bad-address', ({ page, guard }) => {
    guard.allow(NETWORK);
    return open(page, '/cave/terra1nobody');
  }),
  after('cave-other', async ({ page, demo }) => {
    await open(page, `/cave/${await first(demo)}`);
    await expect(page.locator('.token').first()).toBeVisible();
  }),
  after('cave-mine', async (scene) => {
    await asVisitor(scene, '/cave');
    await expect(scene.page.locator('a.token').first()).toBeVisible();
  }),
  after('cave-choosing', async (scene) => {
    await asVisitor(scene, '/cave');
    await scene.page.getByRole('button', { name: caveText.choose.start }).click();
    await scene.page.locator('button.token').first().click();
    await expect(scene.page.getByText(caveText.choose.chosen('1'))).toBeVisible();
  }),
  after('cave-meteor', async (scene) => {
    await asVisitor(scene, '/cave');
    await scene.page.locator('a.token').first().click();
    await expect(sheet(scene.page)).toContainText(caveText.token.traits);
  }),
  after('cave-crack', async (scene) => {
    await asVisitor(scene, '/cave');
    await scene.page.locator('a.token').first().click();
    await sheet(scene.page).getByRole('button', { name: caveText.token.crack }).click();
    await expect(sheet(scene.page)).toContainText(caveText.crack.sure);
    await expect(sheet(scene.page)).not.toContainText(caveText.sign.feeUnknown);
  }),

  calm('fairness', ({ page }) => open(page, '/fairness')),
  after('fairness-shower', ({ page }) => open(page, '/fairness/1')),
  calm('help', ({ page }) => open(page, '/help')),
];
