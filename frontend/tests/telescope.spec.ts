// The Telescope: what its chart, table and ranking say is what the API says, by tap, by key and by address.
import type { Schemas } from '../src/api/client';
import { TIERS } from '../src/api/client';
import { shortAddress } from '../src/format/address';
import { formatAmount } from '../src/format/amount';
import { t } from '../src/strings';
import { telescopeText } from '../src/strings/telescope';
import { expectAccessible } from './harness/axe';
import { doubleText, expectFits, rightToLeft } from './harness/layout';
import { shifts } from './harness/shifts';
import { of } from './harness/steps';
import { expect, test } from './harness/test';

type Past = Schemas['Past'];

const ust = (amount: string | null) =>
  amount === null ? telescopeText.nobodyInTier : formatAmount(BigInt(amount), 'en');

test.describe('showers that are over', () => {
  test.use({ world: 'after' });

  test('the chart reads out the exact floors of what is picked, by tap, by key and by button', async ({
    page,
    demo,
  }) => {
    const { showers } = await demo.get<{ showers: Past[] }>('/v1/telescope');
    const [first, last] = showers;
    if (!first || !last) throw new Error('the demo has two showers');
    await page.goto('/telescope');
    const readout = page.locator('.readout');
    const says = async (shower: Past) => {
      await expect(readout.locator('h3')).toHaveText(telescopeText.showerN(String(shower.shower)));
      for (const tier of TIERS) {
        const row = readout.locator('.figures > div', { hasText: t.tiers[tier] });
        await expect(row.locator('dd')).toContainText(ust(shower.floors[tier]));
      }
    };
    await says(last);
    const room = page.locator('.chart-room');
    await room.scrollIntoViewIfNeeded();
    await room.click({ position: { x: 50, y: 60 } });
    await says(first);
    const keys = page.getByRole('slider', { name: telescopeText.pick });
    await keys.focus();
    await page.keyboard.press('ArrowRight');
    await says(last);
    await expect(keys).toHaveAttribute('aria-valuetext', new RegExp(ust(last.floors.legendary)));
    await readout.getByRole('button', { name: telescopeText.earlier }).click();
    await says(first);
    await readout.getByRole('link', { name: telescopeText.detail('1') }).click();
    await expect(page).toHaveURL(/\/telescope\/1$/);
  });

  test('the table has the same figures', async ({ page, demo }) => {
    const { showers } = await demo.get<{ showers: Past[] }>('/v1/telescope');
    await page.goto('/telescope');
    const rows = page.getByRole('table', { name: telescopeText.table }).locator('tbody').getByRole('row');
    await expect(rows).toHaveCount(showers.length);
    for (const [index, shower] of [...showers].reverse().entries()) {
      const cells = rows.nth(index).getByRole('cell');
      for (const [at, tier] of TIERS.entries()) await expect(cells.nth(at)).toContainText(ust(shower.floors[tier]));
      await expect(cells.nth(4)).toContainText(String(shower.contributors));
      await expect(cells.nth(5)).toContainText(ust(shower.total));
    }
  });

  test('an address is found in the ranking, also after a reload, and leads to its cave', async ({
    page,
    demo,
    guard,
  }) => {
    // A demo has no images.
    guard.allow(/\/img\//);
    const { ranking } = await demo.get<Schemas['Ranking']>('/v1/showers/1/ranking');
    const wanted = ranking.at(-2);
    if (!wanted) throw new Error('the demo has more wallets');
    await page.goto('/telescope/1');
    await page.getByLabel(telescopeText.find).fill(` ${wanted.contributor} `);
    await page.getByRole('button', { name: telescopeText.findButton, exact: true }).click();
    const row = page.locator('.ranks tr[aria-current]');
    for (const again of [false, true]) {
      if (again) await page.reload();
      await expect(row.getByRole('cell').first()).toHaveText(String(wanted.rank));
      await expect(row).toContainText(ust(wanted.amount));
      await expect(page.locator('.found')).toContainText(of(telescopeText.found));
    }
    await row.getByRole('link', { name: shortAddress(wanted.contributor) }).click();
    await expect(page).toHaveURL(new RegExp(`/cave/${wanted.contributor}$`));
  });

  test('an address that is none, and one that gave nothing, are told apart', async ({ page, guard, wallet }) => {
    guard.allow(/400/);
    await page.goto('/telescope/1?address=terra1nothing');
    await expect(page.locator('.found .danger')).toBeVisible();
    await expect(page.locator('.ranks tbody tr').first()).toBeVisible();
    await page.getByLabel(telescopeText.find).fill(wallet.account.address);
    await page.keyboard.press('Enter');
    await expect(page.locator('.found')).toContainText(telescopeText.notIn('1'));
    await page.getByRole('button', { name: telescopeText.clear }).click();
    await expect(page).toHaveURL(/\/telescope\/1$/);
  });

  for (const path of ['/telescope', '/telescope/1']) {
    test(`${path} fits, reads well with double text and from right to left, and nothing jumps`, async ({ page }) => {
      await page.goto(path);
      await expect(page.locator('.past tbody tr, .ranks tbody[aria-hidden] tr, .ranks tbody tr').first()).toBeVisible();
      await expect(page.locator('.tier-rows .number, .figures dd').first()).not.toBeEmpty();
      await expectAccessible(page);
      await expectFits(page);
      const moved = (await shifts(page)).reduce((sum, shift) => sum + shift.value, 0);
      expect(moved, JSON.stringify(await shifts(page))).toBeLessThan(0.02);
      await doubleText(page);
      await expectFits(page);
      await rightToLeft(page);
      await expectFits(page);
    });
  }

  test('a shower that was cancelled says so wherever it stands', async ({ page, server }) => {
    server.patch<Schemas['Showers']>(/^\/v1\/showers$/, (all) => ({
      ...all,
      showers: all.showers.map((shower) =>
        shower.shower === 1
          ? { ...shower, status: 'refunding', cancelled: true, refunds: 3, refunded: '24000000' }
          : shower,
      ),
    }));
    await page.goto('/telescope');
    await expect(page.locator('.past tbody tr').last()).toContainText(telescopeText.cancelled);
    await page.goto('/telescope/1');
    await expect(page.locator('.lead')).toHaveText(telescopeText.states.cancelled);
    await expect(page.locator('.facts-list')).toContainText('24');
    await expect(page.locator('main')).toContainText(telescopeText.tiersNoteCancelled);
  });
});

test('before the first shower is over the Telescope says when there is something to see', async ({ page }) => {
  await page.goto('/telescope');
  await expect(page.getByRole('heading', { name: telescopeText.nothingYet })).toBeVisible();
  await expect(page.locator('main')).toContainText(of(telescopeText.nothingOpen));
  await expect(page.locator('.coming li')).toHaveCount(4);
  await expectAccessible(page);
  await expectFits(page);
});

test('an empty tier of the open shower says what gets in', async ({ page, server }) => {
  server.patch<Schemas['Floors']>(/^\/v1\/showers\/1\/floors$/, (floors) => ({
    ...floors,
    tiers: floors.tiers.map((tier) =>
      tier.tier === 'ancient' ? { ...tier, floor: null, size: 0, eggs: 0, best: null, worst: null } : tier,
    ),
  }));
  await page.goto('/telescope/1');
  await expect(page.locator('.tier-rows li.ancient')).toContainText(telescopeText.emptyOpen);
});

test('a shower that there is not', async ({ page }) => {
  await page.goto('/telescope/99');
  await expect(page.getByRole('heading', { name: telescopeText.unknown('99') })).toBeVisible();
});
