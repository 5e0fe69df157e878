// What is said about a shower in each of its states.
import { describe, expect, it } from 'vitest';
import type { Shower } from '../../api/live';
import { keyOf, standingOf } from './standing';

const shower = (part: Partial<Shower>): Shower => ({
  shower: 1,
  status: 'minted',
  opens_at: 1_000,
  closes_at: 2_000,
  mint_deadline: 3_000,
  minimum: '8000000',
  contributors: 3,
  total: '75000000',
  last_seq: 3,
  log: '',
  earlier: 0,
  cancelled: false,
  paused: false,
  minted: 3,
  minted_amount: '75000000',
  held: '3750000',
  held_returned: '0',
  settled: '71250000',
  key_deadline: 5_000,
  key_in_time: false,
  refunds: 0,
  refunded: '0',
  changed_height: 9,
  ...part,
});

describe('a shower', () => {
  it('is said to be minted only when something was', () => {
    expect(standingOf(shower({}))).toBe('minted');
    expect(standingOf(shower({ contributors: 0, minted: 0 }))).toBe('nobody');
  });

  it('waits for its draw before meteors are minted', () => {
    expect(standingOf(shower({ status: 'ended', minted: 0 }))).toBe('ended');
    expect(standingOf(shower({ status: 'closed', minted: 0 }))).toBe('closed');
    expect(standingOf(shower({ status: 'drawn', minted: 0 }))).toBe('drawn');
    expect(standingOf(shower({ status: 'drawn', minted: 1 }))).toBe('minting');
  });

  it('that is refunded is cancelled, or was not minted in time', () => {
    expect(standingOf(shower({ status: 'refunding', minted: 1 }))).toBe('unminted');
    expect(standingOf(shower({ status: 'refunding', cancelled: true, minted: 0 }))).toBe('cancelled');
  });

  it('that is empty is still to come before its time', () => {
    expect(standingOf(shower({ status: 'upcoming', contributors: 0 }))).toBe('upcoming');
    expect(standingOf(shower({ status: 'open', contributors: 0 }))).toBe('open');
  });
});

describe('a key', () => {
  it('is due until its deadline', () => {
    expect(keyOf(shower({}), 4_999)).toBe('due');
    expect(keyOf(shower({}), 5_000)).toBe('missed');
  });

  it('that came in time stays so', () => expect(keyOf(shower({ key_in_time: true }), 9_000)).toBe('published'));

  it('is of no use to a shower without a draw', () => {
    expect(keyOf(shower({ cancelled: true, status: 'refunding' }), 4_000)).toBeNull();
    expect(keyOf(shower({ contributors: 0, minted: 0 }), 4_000)).toBeNull();
  });
});
