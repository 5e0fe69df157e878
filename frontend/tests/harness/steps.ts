// What visitors do on the Shower page, by the words they see.
import { expect, type Locator, type Page } from '@playwright/test';
import { t } from '../../src/strings';

/** Texts with values in them, as a pattern: `of(t.receipt.inBlock)` matches it with any values. */
export function of(text: (...values: never[]) => string): RegExp {
  const hole = '\u0000';
  const full = (text as (...values: unknown[]) => string)(...Array(8).fill(hole));
  const parts = full.split(hole).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.+'));
}

export const banner = (page: Page): Locator => page.getByRole('banner');
export const sheet = (page: Page): Locator => page.getByRole('dialog');

/** The button in the head that opens the wallet's sheet. */
export const walletButton = (page: Page): Locator => page.locator('.wallet-button');

export async function openWallets(page: Page): Promise<Locator> {
  await walletButton(page).click();
  await expect(sheet(page)).toBeVisible();
  return sheet(page);
}

/** Chooses the wallet of this name; it answers when it likes. */
export async function choose(page: Page, name: string): Promise<void> {
  const wallets = await openWallets(page);
  await wallets.getByRole('button', { name, exact: true }).click();
}

/** Connects the wallet of this name, and waits until the head shows its address. */
export async function connect(page: Page, name: string): Promise<void> {
  await choose(page, name);
  await expect(sheet(page)).toBeHidden();
  await expect(walletButton(page)).toContainText('…');
}

export const amount = (page: Page): Locator => page.locator('.contribute input, .amount input');
export const preview = (page: Page): Locator => page.locator('.preview');
export const give = (page: Page): Locator => page.locator('.contribute button[type=submit]');
export const receipt = (page: Page): Locator => page.locator('.receipt').first();
export const mine = (page: Page): Locator => page.locator('.mine');

/** Types an amount and waits until the page says what it would bring. Answers with the rank it says. */
export async function type(page: Page, text: string): Promise<string> {
  await amount(page).fill(text);
  const rank = preview(page).locator('.big');
  await expect(rank).toHaveText(of(t.shower.rank));
  return (await rank.textContent()) ?? '';
}

/** Types an amount, waits until the fee is known, and gives it. */
export async function contribute(page: Page, text: string): Promise<void> {
  await type(page, text);
  await expect(page.locator('.leaves')).toHaveText(of(t.contribute.leaves));
  await expect(page.locator('.leaves')).not.toContainText(t.contribute.feeUnknown);
  await give(page).click();
}

/** Waits until the newest receipt says that its amount counts. */
export async function credited(page: Page): Promise<void> {
  await expect(receipt(page)).toContainText(t.receipt.states.credited, { timeout: 30_000 });
}
