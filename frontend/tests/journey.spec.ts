// The whole journey: contribute, see the rank, get the meteor, crack it, and check the draw in the browser.
import { t } from '../src/strings';
import { caveText } from '../src/strings/cave';
import { connect, contribute, credited, mine, openWallets, sheet, type } from './harness/steps';
import { expect, test } from './harness/test';
import { verifySigned } from './harness/wallet';

// None of these wallets gives as much as the visitor: their rank can't change between typing and the block.
test.use({ world: { showers: 1, wallets: 12, contributions: 1, seconds: 25 } });

for (const way of ['demo wallet', 'direct', 'amino'] as const) {
  test(`from nothing to a checked draw: ${way}`, async ({ page, demo, server, anyWallet }, info) => {
    test.skip(info.project.name === 'desktop' && way !== 'direct', 'the other ways are walked on the phone');
    test.setTimeout(240_000);
    const wallet = way === 'demo wallet' ? null : await anyWallet();
    if (wallet) wallet.manner.aminoOnly = way === 'amino';
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(t.shower.heading.open('1', '1'));
    if (wallet) await connect(page, 'Keplr');
    else await (await openWallets(page)).getByRole('button', { name: t.wallet.usePlay }).click();
    await expect(sheet(page)).toBeHidden();

    const rank = await type(page, '900');
    expect(rank).toBe(t.shower.rank('1'));
    await contribute(page, '900');
    await credited(page);
    await expect(mine(page)).toContainText(rank);
    await expect(mine(page)).toContainText('900 UST');

    // The shower ends, is drawn and minted.
    await demo.expect<{ phase: string }>('/demo', ({ phase }) => phase === 'waiting');
    await expect(mine(page)).toContainText(rank);
    await page.getByRole('link', { name: t.shower.toCave('1') }).click();
    await page.locator('a.token').first().click();
    await sheet(page).getByRole('button', { name: caveText.token.crack }).click();
    await expect(sheet(page)).not.toContainText(caveText.sign.feeUnknown);
    await sheet(page)
      .getByRole('button', { name: caveText.crack.button('1', true) })
      .click();

    // With the first rank of three the odds may be less than certain: an egg or dust, both are right.
    const stage = page.getByRole('dialog', { name: caveText.stage.title });
    await expect(stage.getByText(caveText.stage.egg).or(stage.getByText(caveText.stage.dust))).toBeVisible({
      timeout: 60_000,
    });
    await stage.getByRole('button', { name: caveText.stage.done }).click();
    await expect(page.locator('a.token')).toHaveCount(1);
    if (wallet) {
      const method = way === 'amino' ? 'signAmino' : 'signDirect';
      const sent = server.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/txs');
      expect(sent).toHaveLength(2);
      for (const [at, { body }] of sent.entries()) {
        const { tx } = JSON.parse(body) as { tx: string };
        await verifySigned(tx, await wallet.asked(method, at + 1), wallet.account);
      }
    }

    // The demo ends when its visitor says so: keys are published.
    await page.goto('/');
    await page.getByRole('button', { name: t.guide.finish }).click();
    await demo.expect<{ phase: string }>('/demo', ({ phase }) => phase === 'over');
    expect(demo.log).not.toContain('  FAILED');
    await page.goto('/fairness/1');
    await expect(page.locator('.verdict')).toHaveAttribute('data-tone', 'good', { timeout: 60_000 });
    await expect(page.locator('.chain li[data-outcome="failed"]')).toHaveCount(0);
    expect(await page.locator('.chain li[data-outcome="passed"]').count()).toBeGreaterThan(8);
  });
}
