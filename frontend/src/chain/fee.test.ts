import { expect, test } from 'vitest';
import { feeOf, millionths } from './fee';

test('fees are gas times price, rounded up', () => {
  expect(feeOf(200_000n, { denom: 'uluna', price: '28.325' })).toEqual({
    gas: 200_000n,
    coins: [{ denom: 'uluna', amount: '5665000' }],
  });
  expect(feeOf(1n, { denom: 'uusd', price: '0.15' }).coins).toEqual([{ denom: 'uusd', amount: '1' }]);
  expect(feeOf(1n, { denom: 'uusd', price: '0' }).coins).toEqual([]);
});

test('a price is never read as less than it is', () => {
  expect(millionths('0.0000001')).toBe(1n);
  expect(millionths('0.01')).toBe(10_000n);
  expect(millionths('28')).toBe(28_000_000n);
});
