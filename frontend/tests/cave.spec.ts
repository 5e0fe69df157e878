// The Cave: what it shows of any wallet, filters and tokens by address, cracking and the reveal, taking back, refunds.
import type { Page } from '@playwright/test';
import type { Schemas } from '../src/api/client';
import { t } from '../src/strings';
import { caveText } from '../src/strings/cave';
import { expectAccessible } from './harness/axe';
import { contribute, fund, UST } from './harness/chain';
import type { Demo } from './harness/demo';
import { doubleText, expectFits, rightToLeft } from './harness/layout';
import { shifts } from './harness/shifts';
import { connect, of, sheet } from './harness/steps';
import { expect, test } from './harness/test';

type Cave = Schemas['Cave'];
type Wallet = Schemas['Wallet'];

const tokens = (page: Page) => page.locator('a.token');
const custody = (page: Page) => page.locator('section:has(#custody)');
const stage = (page: Page) => page.getByRole('dialog', { name: caveText.stage.title });

/** A wallet of the demo that has meteors of several showers. */
async function someone(demo: Demo): Promise<Cave> {
  const { ranking } = await demo.get<Schemas['Ranking']>('/v1/showers/1/ranking');
  for (const { contributor } of ranking) {
    const cave = await demo.get<Cave>(`/v1/caves/${contributor}?limit=100`);
    if (cave.count > 1) return cave;
  }
  throw new Error('nobody took part twice');
}

/** How far things moved that nobody touched. */
async function moved(page: Page): Promise<number> {
  return (await shifts(page)).reduce((sum, shift) => sum + shift.value, 0);
}

// The demo has no images: the drawings stand in for them.
test.beforeEach(({ guard }) => guard.allow(/\/img\//));

test.describe('after the showers', () => {
  test.use({ world: 'after' });

  test('any wallet’s cave: what it holds, filters that survive a reload, a token by its address', async ({
    page,
    demo,
  }) => {
    const { address, nfts } = await someone(demo);
    await page.goto(`/cave/${address}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(caveText.other);
    await expect(tokens(page)).toHaveCount(nfts.length);
    for (const nft of nfts) await expect(page.getByRole('link', { name: nft.name })).toBeVisible();
    await expect(page.getByRole('button', { name: caveText.choose.start })).toHaveCount(0);

    const [first] = nfts;
    if (!first) throw new Error('an empty cave');
    await page.getByLabel(caveText.filter.shower).selectOption(String(first.shower));
    const matching = nfts.filter(({ shower }) => shower === first.shower).length;
    await expect(tokens(page)).toHaveCount(matching);
    await page.reload();
    await expect(tokens(page)).toHaveCount(matching);

    await page.getByRole('link', { name: first.name }).click();
    await expect(page).toHaveURL(`/cave/${address}/meteors/${first.token_id}?shower=${first.shower}`);
    for (const { trait_type, value } of first.attributes) {
      await expect(sheet(page).locator('.traits > div', { hasText: trait_type }).first()).toContainText(value);
    }
    const { numerator, denominator } = first.odds ?? { numerator: '', denominator: '' };
    await expect(sheet(page)).toContainText(caveText.token.exact(numerator, denominator));
    await expect(sheet(page).getByRole('button', { name: caveText.token.crack })).toHaveCount(0);
    await page.reload();
    await expect(sheet(page)).toContainText(first.name);
    await page.keyboard.press('Escape');
    await expect(page).toHaveURL(`/cave/${address}?shower=${first.shower}`);
  });

  test('it fits with double text and from right to left, and nothing jumps', async ({ page, demo }) => {
    const { address, nfts } = await someone(demo);
    await page.goto(`/cave/${address}`);
    await expect(tokens(page)).toHaveCount(nfts.length);
    await expectAccessible(page);
    await expectFits(page);
    expect(await moved(page), JSON.stringify(await shifts(page))).toBeLessThan(0.02);
    await doubleText(page);
    await expectFits(page);
    await rightToLeft(page);
    await expectFits(page);
  });

  test('eggs that are still hidden: those of the draw less those of the reveals', async ({ page, demo, server }) => {
    const { address, nfts } = await someone(demo);
    const [first] = nfts;
    if (!first) throw new Error('an empty cave');
    const { tiers } = await demo.get<Schemas['Floors']>(`/v1/showers/${first.shower}/floors`);
    const at = tiers.findIndex(({ tier }) => tier === first.tier);
    const tier = tiers[at];
    if (!tier) throw new Error('no tier');
    const before = tiers.slice(0, at).reduce((sum, { size }) => sum + size, 0);
    // One egg of this tier is found, and one of the tier before or after.
    const other = before > 0 ? 0 : tier.size;
    server.answer(new RegExp(`^/v1/showers/${first.shower}/reveals`), 200, {
      reveals: [
        { index: before, found: 'eggs' },
        { index: other, found: 'eggs' },
      ],
      next: null,
    });
    await page.goto(`/cave/${address}/meteors/${first.token_id}`);
    const left = tier.eggs - 1;
    const words =
      left === 0
        ? caveText.token.allFound(t.tiers[first.tier], String(first.shower))
        : caveText.token.hidden(String(left), String(tier.eggs), t.tiers[first.tier], String(first.shower)) +
          caveText.token.hiddenIn(String(tier.size - 1), tier.size === 2);
    await expect(sheet(page)).toContainText(words);
  });

  test('what became of each contribution, in words', async ({ page, demo, server }) => {
    const { address } = await someone(demo);
    server.patch<Wallet>(/^\/v1\/wallets\//, (wallet) => {
      const [first] = wallet.showers;
      const as = (shower: number, state: Schemas['WalletState']) => ({ ...first, shower, state, meteor: null });
      return { ...wallet, showers: [as(1, 'waiting'), as(2, 'refundable'), as(3, 'refunded')] };
    });
    // Of any contribution the part is more than the cap.
    server.patch<Schemas['Site']>(/^\/v1\/site$/, (site) => ({ ...site, burn_tax: '0.5', tax_cap: '20000' }));
    await page.goto(`/cave/${address}`);
    const line = (shower: number) =>
      page.locator('.entry', { has: page.getByRole('link', { name: caveText.entries.shower(String(shower)) }) });
    await expect(line(1)).toContainText(of(caveText.fate.waiting));
    await expect(line(2)).toContainText(caveText.fate.refundable(false));
    await expect(line(3)).toContainText(caveText.fate.late);
    await expect(line(3)).toContainText(/went back to this wallet/);
    await expect(line(3)).toContainText(caveText.fate.tax('0.02 UST'));
    await expect(page.locator('.standing')).toContainText(caveText.entries.waiting('1', true));
    await expect(page.locator('.standing')).toContainText(caveText.entries.back('1', true));
  });

  test('not revealed in time: it is taken back by a message to the hatchery', async ({
    page,
    demo,
    server,
    wallet,
  }) => {
    const { address, nfts } = await someone(demo);
    const [first, second] = nfts;
    if (!first || !second) throw new Error('too few');
    const { hatchery } = await demo.get<Schemas['Config']>('/v1/config');
    const holder = wallet.account.address;
    server.patch<Cave>(/^\/v1\/caves\//, (cave) => ({
      ...cave,
      cracking: [
        { token_id: first.token_id, holder, reclaim_at: 1 },
        { token_id: second.token_id, holder, reclaim_at: 4_000_000_000 },
      ],
    }));
    await page.goto(`/cave/${address}`);
    await expect(custody(page)).toContainText(caveText.custody.lateOther);
    await expect(custody(page).getByRole('button')).toHaveCount(0);

    server.answer(/^\/v1\/simulate$/, 200, { gas_used: 1, gas_limit: 200_000 });
    const sent = server.hold('POST', /^\/v1\/txs$/);
    await page.goto('/cave');
    await connect(page, 'Keplr');
    await expect(custody(page).getByText(caveText.custody.late)).toHaveCount(1);
    await expect(custody(page).getByText(of(caveText.custody.waits))).toHaveCount(1);
    await expectAccessible(page);
    await custody(page)
      .getByRole('button', { name: caveText.custody.takeBack('1', true) })
      .click();
    await expect(sheet(page)).toContainText(caveText.back.text(true));
    await expect(sheet(page)).not.toContainText(caveText.sign.feeUnknown);
    await sheet(page)
      .getByRole('button', { name: caveText.back.button('1', true) })
      .click();
    await sent.held();
    const { body } = server.requests.find(({ method, path }) => method === 'POST' && path === '/v1/txs') ?? {
      body: '',
    };
    const bytes = Buffer.from((JSON.parse(body) as { tx: string }).tx, 'base64').toString('latin1');
    expect(bytes).toContain(hatchery.address);
    expect(bytes).toContain(`{"reclaim":{"token_id":"${first.token_id}"}}`);
    // It isn't offered again while it is under way.
    await expect(custody(page)).toContainText(caveText.custody.returning);
    await expect(custody(page).getByRole('button', { name: of(caveText.custody.takeBack) })).toHaveCount(0);
  });

  test('three hundred tokens: all are counted, the rest comes at a tap', async ({ page, demo, server }) => {
    const { address, nfts } = await someone(demo);
    const [first] = nfts;
    if (!first) throw new Error('an empty cave');
    // Three pages of a hundred, as the server would cut them.
    server.patch<Cave>(/^\/v1\/caves\//, (cave) => ({
      ...cave,
      count: 300,
      nfts: Array.from({ length: 100 }, (_, i) => ({ ...first, token_id: String(1000 + i) })),
      next: `/v1/caves/${address}?after=meteors-1099&limit=100`,
    }));
    server.patch<Cave>(/^\/v1\/caves\/.*after=meteors-1099/, (cave) => ({
      ...cave,
      nfts: Array.from({ length: 100 }, (_, i) => ({ ...first, token_id: String(1100 + i) })),
      next: `/v1/caves/${address}?after=meteors-1199&limit=100`,
    }));
    server.patch<Cave>(/^\/v1\/caves\/.*after=meteors-1199/, (cave) => ({
      ...cave,
      nfts: Array.from({ length: 100 }, (_, i) => ({ ...first, collection: 'dust', token_id: String(1200 + i) })),
      next: null,
    }));
    await page.goto(`/cave/${address}`);
    const kind = (words: string) => page.getByRole('button', { name: new RegExp(`^${words}`) });
    await expect(kind(caveText.kinds.all)).toContainText('300');
    await expect(kind(caveText.kinds.meteors)).toContainText('200');
    await expect(kind(caveText.kinds.dust)).toContainText('100');
    const shown = await tokens(page).count();
    expect(shown).toBeLessThan(100);
    await page.getByRole('button', { name: t.more }).click();
    await expect(tokens(page)).toHaveCount(2 * shown);
    await kind(caveText.kinds.dust).click();
    await expect(page).toHaveURL(`/cave/${address}?kind=dust`);
    await expectFits(page);
    expect(await moved(page)).toBeLessThan(0.02);
  });

  test('the last known cave stays while the server is away', async ({ page, demo, server, guard }) => {
    guard.allow(/Failed to load resource|net::ERR_/);
    const { address, nfts } = await someone(demo);
    await page.goto(`/cave/${address}`);
    await expect(tokens(page)).toHaveCount(nfts.length);
    await server.away();
    await expect(page.getByText(t.banners.lostTitle)).toBeVisible({ timeout: 30_000 });
    await expect(tokens(page)).toHaveCount(nfts.length);
    await page.locator('.kinds button').nth(1).click();
    await expect(page).toHaveURL(/kind=meteors/);
    await expect(tokens(page).first()).toBeVisible();
    await server.back();
    await expect(page.getByText(t.banners.lostTitle)).toBeHidden({ timeout: 30_000 });
    await expect(tokens(page).first()).toBeVisible();
  });

  test('an address that is none, a token that is none', async ({ page, demo, guard }) => {
    guard.allow(/400|404/);
    await page.goto('/cave/terra1nobody');
    await expect(page.getByText(caveText.refused)).toBeVisible();
    await page.getByLabel(caveText.look.label).fill('hello');
    await page.getByRole('button', { name: caveText.look.button, exact: true }).click();
    await expect(page.getByText(caveText.look.wrong('terra'))).toBeVisible();
    const { address } = await someone(demo);
    await page.getByLabel(caveText.look.label).fill(` ${address} `);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/cave/${address}`);
    await expect(tokens(page).first()).toBeVisible();
    await page.goto(`/cave/${address}/eggs/99999`);
    await expect(sheet(page)).toContainText(caveText.token.missing);
  });
});

test.describe('a wallet with two meteors', () => {
  test.use({ world: { showers: 2, wallets: 12, contributions: 1, seconds: 14 } });

  test('cracks both, closes the reveal, comes back to it, and finds what is new after a reload', async ({
    page,
    demo,
    wallet,
  }) => {
    test.setTimeout(180_000);
    await fund(demo, wallet.account.address);
    for (const shower of [1, 2]) {
      await demo.expect<Schemas['Showers']>('/v1/showers', ({ current }) => current === shower);
      await contribute(demo, wallet.account, shower, 40n * UST);
    }
    await demo.expect<{ phase: string }>('/demo', ({ phase }) => phase === 'waiting');
    await page.goto('/cave');
    await connect(page, 'Keplr');
    await expect(tokens(page)).toHaveCount(2);
    await expectAccessible(page);

    await page.getByRole('button', { name: caveText.choose.start }).click();
    await page.getByRole('button', { name: caveText.choose.all, exact: true }).click();
    await expect(page.getByText(caveText.choose.chosen('2'))).toBeVisible();
    await page.getByRole('button', { name: caveText.choose.go('2') }).click();
    await expect(sheet(page)).toContainText(caveText.crack.sure);
    await expect(sheet(page)).not.toContainText(caveText.sign.feeUnknown);
    await expectAccessible(page);
    await sheet(page)
      .getByRole('button', { name: caveText.crack.button('2', false) })
      .click();
    await expect(stage(page)).toBeVisible();
    await stage(page).getByRole('button', { name: t.close }).click();
    await expect(custody(page)).toBeVisible();
    const still = await moved(page);

    const see = custody(page).getByRole('button', { name: caveText.custody.see(false) });
    await expect(see).toBeVisible({ timeout: 60_000 });
    expect((await moved(page)) - still, JSON.stringify(await shifts(page))).toBeLessThan(0.05);
    await see.click();
    const found = stage(page).getByText(caveText.stage.egg).or(stage(page).getByText(caveText.stage.dust));
    await expect(stage(page)).toContainText(caveText.stage.of('1', '2'));
    await expect(found).toBeVisible();
    const faded = page.locator('.stage-found');
    await faded.evaluate((words) => Promise.all(words.getAnimations({ subtree: true }).map((one) => one.finished)));
    await expectAccessible(page);
    await stage(page).getByRole('button', { name: caveText.stage.next }).click();
    await expect(stage(page)).toContainText(caveText.stage.of('2', '2'));
    await expect(found).toBeVisible();
    await stage(page).getByRole('button', { name: caveText.stage.all }).click();
    await expect(stage(page)).toContainText(/dust/);
    await stage(page).getByRole('button', { name: caveText.stage.done }).click();
    await expect(stage(page)).toBeHidden();

    // They are what the chain says they are.
    const { nfts } = await demo.get<Cave>(`/v1/caves/${wallet.account.address}`);
    expect(nfts.map(({ collection }) => collection)).not.toContain('meteors');
    for (const nft of nfts) await expect(page.getByRole('link', { name: nft.name })).toBeVisible();

    await page.reload();
    await expect(tokens(page)).toHaveCount(2);
    await expect(page.locator('.fresh')).toHaveCount(2);
    await expect(page.getByText(caveText.freshNote('2', false))).toBeVisible();
    await expect(stage(page)).toHaveCount(0);
    await expect(custody(page)).toHaveCount(0);
  });
});

test.describe('a meteor that is not revealed in time', () => {
  test.use({ world: { showers: 1, wallets: 6, contributions: 1, seconds: 14 } });

  test('is back in the cave once it is taken back', async ({ page, demo, wallet }) => {
    test.setTimeout(180_000);
    const holder = wallet.account.address;
    await fund(demo, holder);
    await demo.expect<Schemas['Showers']>('/v1/showers', ({ current }) => current === 1);
    await contribute(demo, wallet.account, 1, 40n * UST);
    await demo.expect<{ phase: string }>('/demo', ({ phase }) => phase === 'waiting');
    await page.goto('/cave');
    await connect(page, 'Keplr');
    await expect(tokens(page)).toHaveCount(1);
    const before = await demo.get<Cave>(`/v1/caves/${holder}`);

    // It is cracked in one block, and the next one is too late for its reveal.
    await demo.blocks(false);
    await page.getByRole('button', { name: caveText.choose.start }).click();
    await page.locator('button.token').click();
    await page.getByRole('button', { name: caveText.choose.go('1') }).click();
    await expect(sheet(page)).not.toContainText(caveText.sign.feeUnknown);
    await sheet(page)
      .getByRole('button', { name: caveText.crack.button('1', true) })
      .click();
    await expect(stage(page)).toBeVisible();
    await stage(page).getByRole('button', { name: t.close }).click();
    await demo.call('dev_mine');
    await demo.expect<Cave>(`/v1/caves/${holder}`, ({ cracking }) => cracking.length === 1);
    const { hatchery } = await demo.get<Schemas['Config']>('/v1/config');
    await demo.call('dev_advanceTime', { seconds: hatchery.reveal_timeout });
    await demo.blocks(true);

    await custody(page)
      .getByRole('button', { name: caveText.custody.takeBack('1', true) })
      .click();
    await expect(sheet(page)).not.toContainText(caveText.sign.feeUnknown);
    await sheet(page)
      .getByRole('button', { name: caveText.back.button('1', true) })
      .click();
    await expect(tokens(page)).toHaveCount(1, { timeout: 60_000 });
    await expect(custody(page)).toContainText(caveText.custody.back);
    await expect(custody(page)).toContainText(t.receipt.states.credited);
    await page.reload();
    await expect(tokens(page)).toHaveCount(1);
    await expect(custody(page)).toHaveCount(0);
    // It is the meteor that it was.
    const { nfts, cracking } = await demo.get<Cave>(`/v1/caves/${holder}`);
    expect({ nfts, cracking }).toEqual({ nfts: before.nfts, cracking: [] });
  });
});
