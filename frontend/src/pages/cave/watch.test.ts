import { describe, expect, test } from 'vitest';
import type { Nft } from './filter';
import { advance, type Watched } from './watch';

const nft = (collection: string, token_id: string) => ({ collection, token_id }) as Nft;
const waits = (token_id: string) => ({ token_id, holder: 'terra1a', reclaim_at: 1 });
const sent = (id: string): Watched => ({
  id,
  meteor: null,
  stage: 'sent',
  found: null,
  seen: false,
  past: false,
  hash: 'AA',
});

describe('watching reveals', () => {
  test('a meteor goes from sent through cracking to what it held', () => {
    const meteor = nft('meteors', '7');
    const egg = nft('eggs', '7');
    let all: readonly Watched[] = [sent('7')];
    all = advance(all, { nfts: [meteor], cracking: [] }, []);
    expect(all[0]?.stage).toBe('sent');
    all = advance(all, { nfts: [], cracking: [waits('7')] }, []);
    expect(all[0]?.stage).toBe('cracking');
    all = advance(all, { nfts: [egg], cracking: [] }, []);
    expect(all[0]).toMatchObject({ stage: 'found', found: egg, seen: false });
  });

  test('one that is revealed within one reading is found too', () => {
    const dust = nft('dust', '7');
    expect(advance([sent('7')], { nfts: [dust], cracking: [] }, [])[0]).toMatchObject({ stage: 'found', found: dust });
  });

  test('an egg of another meteor is nobody’s find', () => {
    const all = advance([sent('7')], { nfts: [nft('eggs', '70'), nft('meteors', '7')], cracking: [] }, []);
    expect(all[0]?.stage).toBe('sent');
  });

  test('what waits already is watched too, and what was there before isn’t', () => {
    const all = advance([], { nfts: [nft('eggs', '3')], cracking: [waits('9')] }, []);
    expect(all.map(({ id, stage }) => [id, stage])).toEqual([['9', 'cracking']]);
  });

  test('a meteor that is taken back is back', () => {
    const cracking = advance([], { nfts: [], cracking: [waits('9')] }, []);
    expect(advance(cracking, { nfts: [nft('meteors', '9')], cracking: [] }, [])[0]?.stage).toBe('back');
  });

  test('one that is cracked again after that is watched anew', () => {
    const back: Watched = { ...sent('9'), stage: 'back', past: true };
    expect(advance([back], { nfts: [], cracking: [waits('9')] }, [])[0]).toMatchObject({
      stage: 'cracking',
      past: false,
    });
  });

  test('one that fails is where it was', () => {
    const here = { nfts: [nft('meteors', '7')], cracking: [] };
    expect(advance([sent('7')], here, [{ hash: 'AA', state: 'failed' }])[0]?.stage).toBe('failed');
    expect(advance([sent('7')], here, [{ hash: 'BB', state: 'failed' }])[0]?.stage).toBe('sent');
  });

  test('nothing new changes nothing', () => {
    const all = [sent('7')];
    expect(advance(all, { nfts: [nft('meteors', '7')], cracking: [] }, [])).toBe(all);
  });
});
