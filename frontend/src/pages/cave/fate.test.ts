import { describe, expect, test } from 'vitest';
import type { Schemas } from '../../api/client';
import type { Shower } from '../../api/live';
import { fateOf } from './fate';

const shower = {
  status: 'closed',
  cancelled: false,
  mint_deadline: 1000,
  key_deadline: 2000,
  key_in_time: false,
} as Shower;

const entry = (state: Schemas['WalletState'], status: Schemas['ShowerStatus'] = 'closed') =>
  ({ state, status }) as Schemas['WalletShower'];

describe('what became of a contribution', () => {
  test('an open shower decides nothing yet', () => {
    expect(fateOf(entry('waiting', 'open'), { ...shower, status: 'open' }, 500, 10)).toEqual({ is: 'open' });
  });

  test('a closed one mints until its deadline', () => {
    expect(fateOf(entry('waiting', 'ended'), shower, 500, 10)).toEqual({ is: 'waiting', until: 1000 });
    expect(fateOf(entry('waiting'), undefined, 500, 10)).toEqual({ is: 'waiting', until: null });
  });

  test('a key that is late gives back what was held back, and only then', () => {
    expect(fateOf(entry('minted'), shower, 500, 2000)).toEqual({ is: 'minted' });
    expect(fateOf(entry('minted'), shower, 500, 2001)).toEqual({ is: 'late-key', held: 500 });
    expect(fateOf(entry('minted'), { ...shower, key_in_time: true }, 500, 2001)).toEqual({ is: 'minted' });
    expect(fateOf(entry('minted'), shower, 0, 2001)).toEqual({ is: 'minted' });
  });

  test('a refund names its reason', () => {
    expect(fateOf(entry('refundable', 'refunding'), shower, 500, 1500)).toEqual({ is: 'refundable', why: 'late' });
    expect(fateOf(entry('refunded', 'refunding'), { ...shower, cancelled: true }, 500, 10)).toEqual({
      is: 'refunded',
      why: 'cancelled',
    });
  });
});
