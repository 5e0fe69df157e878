// The Fairness page: genuine evidence is green, changed evidence red, what isn't out yet grey; all in the visitor's browser.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { fairnessText } from '../src/strings/fairness';
import { expectAccessible } from './harness/axe';
import { NETWORK } from './harness/guard';
import { shifts } from './harness/shifts';
import { of } from './harness/steps';
import { expect, test } from './harness/test';

const example = new URL('../../docs/fairness/example/', import.meta.url);
const file = (name: string) => readFileSync(new URL(name, example), 'utf8');

/** The evidence of docs/fairness/example in place of the server's; `change` changes a file. */
async function evidence(page: Page, change: (name: string, text: string) => string = (_, text) => text): Promise<void> {
  const serve = (path: string | RegExp, name: string, as = (text: string) => text) =>
    page.route(path, (route) => route.fulfill({ body: as(change(name, file(name))), contentType: 'text/plain' }));
  await serve('**/v1/fairness', 'fairness.json');
  await serve('**/v1/fairness/tables', 'tables.json');
  await serve('**/v1/catalogue', 'catalogue.csv');
  for (const shower of [1, 2, 3, 4, 5]) {
    await serve(`**/v1/showers/${shower}/contributions.csv`, `showers/${shower}/contributions.csv`);
    const page = (reveals: string) => `{"reveals":${reveals},"next":null}`;
    await serve(`**/v1/showers/${shower}/reveals`, `showers/${shower}/reveals.json`, page);
  }
}

const verdict = (page: Page) => page.locator('.verdict');
const tone = (page: Page, is: 'good' | 'open' | 'bad') => expect(verdict(page)).toHaveAttribute('data-tone', is);
const steps = (page: Page, outcome: string) => page.locator(`.chain li[data-outcome="${outcome}"]`);

test('a whole event is checked with one tap, and says what could not be', async ({ page }) => {
  await evidence(page);
  await page.goto('/fairness');
  await expect(verdict(page)).toHaveAttribute('data-tone', 'idle');
  await page.getByRole('button', { name: fairnessText.all('6', false) }).click();
  await tone(page, 'open');
  await expect(verdict(page)).toContainText(fairnessText.verdict.partly);
  const badges = page.locator('.showers .badge');
  await expect(badges).toHaveText(['holds', 'holds', 'in part', 'in part', 'in part', 'in part']);
  await expectAccessible(page);
});

test('a shower whose key is out: every step is done again, and nothing moves meanwhile', async ({ page }) => {
  await evidence(page);
  await page.goto('/fairness/1');
  await tone(page, 'good');
  await expect(verdict(page)).toContainText(fairnessText.verdict.play);
  await expect(steps(page, 'passed')).toHaveCount(10);
  // A play chain's numbers are known to who runs it: that step never is green.
  await expect(steps(page, 'not_checked')).toHaveCount(1);
  await expect(verdict(page).getByRole('status')).toContainText(fairnessText.verdict.play);
  const ours = (await shifts(page)).filter(({ what }) => what.some((name) => /verdict|chain|node|facts/.test(name)));
  expect(ours).toEqual([]);
  await expectAccessible(page);
});

test('one changed contribution is found and explained', async ({ page }) => {
  await evidence(page, (name, text) =>
    name === 'showers/1/contributions.csv' ? text.replace(/(\d)\n/, (_, digit) => `${9 - digit}\n`) : text,
  );
  await page.goto('/fairness/1');
  await tone(page, 'bad');
  await expect(steps(page, 'failed')).toHaveCount(1);
  await page.getByRole('button', { name: fairnessText.verdict.why }).click();
  await expect(page.locator('#step-contributions .step-found')).toBeVisible();
  await expect(page.locator('#step-contributions summary')).toBeFocused();
  await expectAccessible(page);
});

test('a key that is not out yet is grey, with the time when it is due', async ({ page }) => {
  await evidence(page);
  await page.goto('/fairness/5');
  await tone(page, 'open');
  await expect(verdict(page)).toContainText(fairnessText.verdict.stage.sealed.title);
  await expect(verdict(page)).toContainText(/due by [A-Z][a-z]{2}, /);
  await expect(steps(page, 'failed')).toHaveCount(0);
  await expect(page.getByText(fairnessText.pausedNote)).toBeVisible();
});

test('one meteor: found by its number, with what it holds and its exact odds', async ({ page }) => {
  await evidence(page);
  await page.goto('/fairness');
  const number = page.getByLabel(fairnessText.find.label);
  await number.fill('9999');
  await number.press('Enter');
  await expect(page.getByText(fairnessText.noMeteor('9999'))).toBeVisible();
  await number.fill('42');
  await number.press('Enter');
  await expect(page).toHaveURL(/\/fairness\/2\/42$/);
  await expect(page.getByRole('heading', { level: 2, name: fairnessText.meteor.egg })).toBeVisible();
  await expect(page.locator('.meteor-facts')).toContainText(`${fairnessText.meteor.exact} 1/1`);
  await tone(page, 'good');
  // Cracked before the key is out: the reveal's own proof speaks for it.
  await page.goto('/fairness/5/61');
  await tone(page, 'open');
  await expect(page.getByText(fairnessText.meteor.revealed)).toBeVisible();
  await expectAccessible(page);
});

test('evidence that can’t be read, and a server that has none, are told apart', async ({ page, guard }) => {
  guard.allow(NETWORK);
  await evidence(page, (name, text) => (name === 'showers/2/contributions.csv' ? 'x' : text));
  await page.goto('/fairness/2');
  await tone(page, 'bad');
  await expect(verdict(page)).toContainText(fairnessText.verdict.evidence);
  await page.route('**/v1/showers/1/contributions.csv', (route) => route.fulfill({ status: 503, body: '{}' }));
  await page.goto('/fairness/1');
  await tone(page, 'open');
  await expect(verdict(page)).toContainText(fairnessText.verdict.server);
});

test('the program that checks is loaded on this page only', async ({ page, server }) => {
  const wasm = () => server.requests.filter(({ path }) => path.endsWith('.wasm'));
  await page.goto('/');
  await expect(page.locator('.hero')).toBeVisible();
  await page.goto('/help');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(wasm()).toEqual([]);
  await evidence(page);
  await page.goto('/fairness/3');
  await expect(verdict(page)).toContainText(fairnessText.verdict.stage.empty.title);
  expect(wasm()).toHaveLength(1);
});

test.describe('a demo at its end', () => {
  test.use({ world: { showers: 1, wallets: 12, seconds: 8 } });
  test('holds, by its own server’s evidence', async ({ page, demo }) => {
    test.slow();
    await demo.expect<{ phase: string }>('/demo', ({ phase }) => phase === 'waiting');
    await page.goto('/fairness/1');
    await expect(verdict(page)).toContainText(fairnessText.verdict.stage.sealed.title);
    await demo.post('/demo/finish', {});
    await demo.expect<{ phase: string }>('/demo', ({ phase }) => phase === 'over');
    await page.getByRole('button', { name: fairnessText.again }).click();
    await expect(verdict(page)).toContainText(fairnessText.verdict.play);
    await page.getByText(fairnessText.sources.files).click();
    await expect(page.getByRole('link', { name: '/v1/showers/1/contributions.csv' })).toBeVisible();
    await expect(page.getByText(of(fairnessText.sources.size)).first()).toBeVisible();
  });
});
