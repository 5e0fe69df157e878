import { describe, expect, test } from 'vitest';
import { countKinds, type Filter, type Nft, OPEN, passes, readFilter, showersOf, writeFilter } from './filter';

const nft = (collection: Nft['collection'], token_id: string, tier: Nft['tier'], shower: number): Nft => ({
  collection,
  token_id,
  tier,
  shower,
  rank: 1,
  owner: 'terra1a',
  burnt: false,
  name: '',
  description: '',
  image: '',
  attributes: [],
  minted_height: 1,
  state: 'held',
  cracking: null,
  found: null,
  odds: null,
});

const CAVE = [
  nft('meteors', '1', 'legendary', 1),
  nft('meteors', '40', 'common', 2),
  nft('eggs', '12', 'common', 1),
  nft('dust', '80', 'rare', 2),
];

describe('filters', () => {
  test('a query says what it says again', () => {
    const filters: Filter[] = [OPEN, { kind: 'eggs', tier: 'rare', shower: 3 }, { ...OPEN, shower: 44 }];
    for (const filter of filters) expect(readFilter(new URLSearchParams(writeFilter(filter)))).toEqual(filter);
    expect(writeFilter(OPEN)).toBe('');
  });

  test('what a query can’t mean is left open', () => {
    expect(readFilter(new URLSearchParams('kind=stones&tier=Rare&shower=-1'))).toEqual(OPEN);
    expect(readFilter(new URLSearchParams('shower=1e3'))).toEqual(OPEN);
  });

  test('every part narrows', () => {
    const ids = (filter: Filter) => CAVE.filter((nft) => passes(nft, filter)).map((nft) => nft.token_id);
    expect(ids(OPEN)).toEqual(['1', '40', '12', '80']);
    expect(ids({ ...OPEN, kind: 'meteors' })).toEqual(['1', '40']);
    expect(ids({ kind: 'meteors', tier: 'common', shower: null })).toEqual(['40']);
    expect(ids({ ...OPEN, shower: 1 })).toEqual(['1', '12']);
  });

  test('kinds are counted as if no kind were chosen', () => {
    expect(countKinds(CAVE, { kind: 'eggs', tier: null, shower: 2 })).toEqual({ meteors: 1, eggs: 0, dust: 1 });
  });

  test('showers come newest first, each once', () => {
    expect(showersOf(CAVE)).toEqual([2, 1]);
  });
});
