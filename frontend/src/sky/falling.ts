// What the page tells the sky: a contribution is in a block.
import type { Tier } from './palette';

/** A contribution, as the sky needs it. */
export interface Falling {
  tier: Tier;
  /** 0 to 1, by amount; see `brightness`. */
  brightness: number;
}

/** How many times the minimum shines brightest: the largest wallet of 2021 gave 9,274 times the minimum. */
const BRIGHTEST = 4;

/**
 * Brightness of an amount, 0 to 1: 0 at the event's minimum or below, 1 at ten thousand times it, by logarithm.
 * @param amount contributed, in the smallest unit
 * @param minimum of a wallet in a shower, in the same unit
 */
export function brightness(amount: bigint, minimum: bigint): number {
  const least = minimum > 0n ? minimum : 1n;
  if (amount <= least) return 0;
  return Math.min(1, (digits(amount) - digits(least)) / BRIGHTEST);
}

/** Decimal logarithm of a number of any length. */
function digits(value: bigint): number {
  const text = value.toString();
  return text.length - 15 + Math.log10(Number(text.slice(0, 15).padEnd(15, '0')));
}
