// A shower with 1,000 wallets: figures move all the time, and nothing that one reads moves with them.
import { telescopeText } from '../src/strings/telescope';
import { expectFits } from './harness/layout';
import { shifts } from './harness/shifts';
import { of, preview, type } from './harness/steps';
import { expect, test } from './harness/test';

interface Showers {
  current: number | null;
  showers: { contributors: number; total: string; status: string }[];
}

test.use({ world: { showers: 1, wallets: 1_000, contributions: 1, seconds: 45 } });

test('1,000 wallets: nothing shifts while all of them contribute', async ({ page, demo }) => {
  await demo.expect<Showers>('/v1/showers', ({ current }) => current === 1, 60_000);
  await page.goto('/');
  await type(page, '30');
  const seen = new Set<string>();
  await demo.expect<Showers>('/v1/showers', ({ showers }) => {
    seen.add(showers[0]?.total ?? '');
    return showers[0]?.contributors === 1_000;
  });
  expect(seen.size, 'figures have moved').toBeGreaterThan(10);
  await expect(page.locator('.hero .facts')).toContainText('1,000');
  // As the metric is given: to three places. A digit that is wider than the last one may move its neighbour by a hair.
  const moved = await shifts(page);
  const cls = moved.reduce((sum, { value }) => sum + value, 0);
  expect(cls, `layout shifts: ${JSON.stringify(moved)}`).toBeLessThan(0.001);
  await expectFits(page);
});

test('1,000 wallets: the whole ranking can be searched', async ({ page, demo }) => {
  test.setTimeout(180_000);
  const full = ({ showers }: Showers) => showers[0]?.contributors === 1_000;
  await demo.expect<Showers>('/v1/showers', full, 90_000);
  const { ranking } = await demo.get<{ ranking: { contributor: string; rank: number }[] }>(
    '/v1/showers/1/ranking?after=776&limit=1',
  );
  const [entry] = ranking;
  if (!entry) throw new Error('nobody');
  await page.goto('/telescope/1');
  await page.getByLabel(telescopeText.find).fill(entry.contributor);
  await page.getByRole('button', { name: telescopeText.findButton, exact: true }).click();
  await expect(
    page.getByText(
      of((...more: string[]) => telescopeText.found(String(entry.rank), '1,000', more[0] ?? '', more[1] ?? '')),
    ),
  ).toBeVisible();
  await expectFits(page);
  await page.goto('/');
  await expect(preview(page).or(page.locator('.hero')).first()).toBeVisible();
});
