import { expect, test } from 'vitest';
import { nextTier, waysUp } from './distance';

const floors = [
  { tier: 'legendary' as const, floor: '15290938', size: 3 },
  { tier: 'ancient' as const, floor: null, size: 0 },
  { tier: 'rare' as const, floor: '10110351', size: 2 },
  { tier: 'common' as const, floor: '8000000', size: 8 },
];

test('the next tier is passed, not tied', () => {
  expect(nextTier(8_000_000n, 'common', floors)).toEqual({ tier: 'rare', more: 2_120_000n });
  // An empty tier has no floor to pass.
  expect(nextTier(10_200_000n, 'rare', floors)).toEqual({ tier: 'legendary', more: 5_100_000n });
  expect(nextTier(20_000_000n, 'legendary', floors)).toBeNull();
  expect(nextTier(8_000_000n, 'common', [{ tier: 'rare', floor: '8000000', size: 1 }])?.more).toBe(10_000n);
});

test('ways up leave out what one is past already', () => {
  expect(waysUp(0n, floors)).toEqual([
    { tier: 'legendary', add: 15_300_000n },
    { tier: 'rare', add: 10_120_000n },
  ]);
  expect(waysUp(12_000_000n, floors)).toEqual([{ tier: 'legendary', add: 3_300_000n }]);
});
