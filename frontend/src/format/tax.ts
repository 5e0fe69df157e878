// The chain's tax on what contracts send, as the chain computes it.
import type { Schemas } from '../api/client';

export type Tax = Pick<Schemas['Site'], 'burn_tax' | 'tax_cap'>;

/** A chain's decimals have 18 places. */
const PLACES = 18;
const ONE = 10n ** BigInt(PLACES);

/**
 * What the chain keeps when a contract sends `amount` (both micro-denom): a part, rounded down, at most the cap.
 * Null if the server does not know the tax.
 */
export function taxOn(amount: bigint, tax: Tax): bigint | null {
  if (tax.burn_tax === null) return null;
  const [whole = '0', rest = ''] = tax.burn_tax.split('.');
  const rate = BigInt(whole + rest.padEnd(PLACES, '0'));
  const part = (amount * rate) / ONE;
  const cap = tax.tax_cap === null ? part : BigInt(tax.tax_cap);
  return part < cap ? part : cap;
}
