import { describe, expect, test } from 'vitest';
import type { Shower } from '../../api/live';
import { certain, countHidden } from './hidden';

const TIERS = [
  { tier: 'legendary', size: 3, eggs: 3 },
  { tier: 'ancient', size: 0, eggs: 0 },
  { tier: 'rare', size: 4, eggs: 2 },
  { tier: 'common', size: 10, eggs: 3 },
] as const;

describe('hidden eggs', () => {
  test('all of them before the first reveal', () => {
    expect(countHidden('rare', TIERS, [])).toEqual({ eggs: 2, of: 2, meteors: 4 });
  });

  test('a reveal counts in the tier of its rank and in no other', () => {
    const reveals = [
      { index: 2, found: 'eggs' },
      { index: 3, found: 'eggs' },
      { index: 6, found: 'dust' },
      { index: 7, found: 'eggs' },
      { index: 16, found: 'dust' },
    ] as const;
    expect(countHidden('legendary', TIERS, reveals)).toEqual({ eggs: 2, of: 3, meteors: 2 });
    expect(countHidden('rare', TIERS, reveals)).toEqual({ eggs: 1, of: 2, meteors: 2 });
    expect(countHidden('common', TIERS, reveals)).toEqual({ eggs: 2, of: 3, meteors: 8 });
  });

  test('what contradicts itself is not shown', () => {
    const egg = (index: number) => ({ index, found: 'eggs' }) as const;
    expect(countHidden('rare', TIERS, [egg(3), egg(4), egg(5)])).toBeNull();
    const dust = (index: number) => ({ index, found: 'dust' }) as const;
    expect(countHidden('legendary', TIERS, [dust(0)])).toBeNull();
  });

  test('it is certain only where every egg is in a meteor', () => {
    const shower = { status: 'minted', cancelled: false, refunds: 0 } as Shower;
    expect(certain(shower)).toBe(true);
    for (const status of ['open', 'ended', 'closed', 'refunding'] as const)
      expect(certain({ ...shower, status })).toBe(false);
    expect(certain({ ...shower, refunds: 1 })).toBe(false);
    expect(certain(undefined)).toBe(false);
  });
});
