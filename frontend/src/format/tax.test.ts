// The tax is the chain's to the last micro-denom.
import { expect, test } from 'vitest';
import { taxOn } from './tax';

test('a part, rounded down as the chain does', () => {
  const tax = { burn_tax: '0.005', tax_cap: null };
  expect([10_000_000n, 199n, 200n, 0n].map((amount) => taxOn(amount, tax))).toEqual([50_000n, 0n, 1n, 0n]);
  // More than a number of JavaScript holds.
  expect(taxOn(90_071_992_547_409_931_999n, tax)).toBe(450_359_962_737_049_659n);
  expect(taxOn(10n ** 18n, { burn_tax: '0.000000000000000001', tax_cap: null })).toBe(1n);
  expect(taxOn(7n, { burn_tax: '1', tax_cap: null })).toBe(7n);
  expect(taxOn(7n, { burn_tax: '0', tax_cap: '5' })).toBe(0n);
  expect(taxOn(7n, { burn_tax: null, tax_cap: null })).toBe(null);
});

test('the cap takes over where the part is more', () => {
  const tax = { burn_tax: '0.005', tax_cap: '1000000' };
  expect([199_999_999n, 200_000_000n, 200_000_200n].map((amount) => taxOn(amount, tax))).toEqual([
    999_999n,
    1_000_000n,
    1_000_000n,
  ]);
  // As a node of Terra Classic 4 showed.
  expect(3_173_844_393n - (taxOn(3_173_844_393n, tax) ?? 0n)).toBe(3_172_844_393n);
  expect(taxOn(200_000_000n, { burn_tax: '0.005', tax_cap: '0' })).toBe(0n);
});
