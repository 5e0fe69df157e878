// Whether the page signs for the event it was made for, and for no other.
import { t } from '../src/strings';
import { type Deployment, pageOf } from './harness/build';
import { NETWORK } from './harness/guard';
import { connect, contribute, credited, give, of, type } from './harness/steps';
import { expect, test } from './harness/test';

interface Config {
  chain_id: string;
  contract: string;
  meteors: { address: string };
  hatchery: { address: string };
}

const deployed = ({ chain_id, contract, meteors, hatchery }: Config): Deployment => ({
  chain_id,
  shower: contract,
  meteors: meteors.address,
  hatchery: hatchery.address,
});

test('the page of this event signs, and asks for no demo', async ({ page, demo, server, wallet: _ }, info) => {
  server.pageFrom(await pageOf(deployed(await demo.get<Config>('/v1/config')), info));
  await page.goto('/');
  await connect(page, 'Keplr');
  await contribute(page, '22');
  await credited(page);
  await expect(page.getByText(t.banners.wrongTitle)).toBeHidden();
  expect(server.requests.filter(({ path }) => path.startsWith('/demo'))).toEqual([]);
});

for (const [what, other] of [
  ['chain', { chain_id: 'columbus-5' }],
  ['contract', { shower: 'terra1wug8sewp6cedgkmrmvhl3lf3tulagm9hnvy8p0rppz9yjw0g4wtqgj2ctk' }],
  ['hatchery', { hatchery: 'terra1wug8sewp6cedgkmrmvhl3lf3tulagm9hnvy8p0rppz9yjw0g4wtqgj2ctk' }],
] as const) {
  test(`the page of another ${what} is loud and signs nothing`, async ({ page, demo, server, wallet }, info) => {
    server.pageFrom(await pageOf({ ...deployed(await demo.get<Config>('/v1/config')), ...other }, info));
    await page.goto('/');
    const alert = page.getByRole('alert').filter({ hasText: t.banners.wrongTitle });
    await expect(alert).toContainText(of(t.banners.wrong));
    await connect(page, 'Keplr');
    await type(page, '22');
    await expect(page.getByText(t.send.wrong)).toBeVisible();
    await give(page).click({ force: true });
    expect(wallet.calls.filter(({ method }) => method.startsWith('sign'))).toEqual([]);
    expect(server.requests.filter(({ path }) => path === '/v1/txs')).toEqual([]);
    // On every page.
    await page.goto('/help');
    await expect(alert).toBeVisible();
  });
}

test('a page without an event signs nothing outside a demo', async ({ page, server, guard, wallet }) => {
  guard.allow(NETWORK);
  server.answer(/^\/demo$/, 404, { title: 'Not found', status: 404, detail: 'no such route' });
  await page.goto('/');
  await expect(page.getByText(t.banners.unpinned)).toBeVisible();
  await connect(page, 'Keplr');
  await type(page, '22');
  await give(page).click({ force: true });
  await expect(page.getByText(t.send.unpinned)).toBeVisible();
  expect(wallet.calls.filter(({ method }) => method.startsWith('sign'))).toEqual([]);
});

test('the content policy lets no foreign script, style or request in', async ({ page, guard }) => {
  guard.allow(/content policy|Content Security Policy|request to/, NETWORK);
  await page.goto('/');
  const refused = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.__foreign = true';
    document.head.append(script);
    const request = await fetch('https://example.com/').then(
      () => 'answered',
      () => 'refused',
    );
    return { ran: '__foreign' in globalThis, request };
  });
  expect(refused).toEqual({ ran: false, request: 'refused' });
  expect((await page.request.get('/')).headers()['content-security-policy']).toContain("default-src 'none'");
});

test('where one could send coins by mistake stands what never to do', async ({ page, demo }) => {
  const { contract } = await demo.get<Config>('/v1/config');
  await page.goto('/');
  const foot = page.getByRole('contentinfo');
  await expect(foot.getByText(t.app.neverSend)).toBeVisible();
  await expect(foot.getByTitle(contract).or(foot.getByText(contract)).first()).toBeVisible();
});
