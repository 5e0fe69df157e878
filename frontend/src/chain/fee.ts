// Fees: gas times price, rounded up, exact.
import type { Fee } from './message';

const MILLION = 1_000_000n;

/** A price such as `28.325`, in millionths. Places beyond the sixth are rounded up: too little would be refused. */
export function millionths(price: string): bigint {
  const [whole = '0', rest = ''] = price.split('.');
  const kept = BigInt(rest.slice(0, 6).padEnd(6, '0'));
  const more = /[1-9]/.test(rest.slice(6)) ? 1n : 0n;
  return BigInt(whole) * MILLION + kept + more;
}

export function feeOf(gas: bigint, price: { denom: string; price: string }): Fee {
  const amount = (gas * millionths(price.price) + MILLION - 1n) / MILLION;
  return { gas, coins: amount > 0n ? [{ denom: price.denom, amount: amount.toString() }] : [] };
}
