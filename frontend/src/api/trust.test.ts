import { expect, test } from 'vitest';
import type { Config } from './live';
import { judge } from './trust';

const pinned = { chain_id: 'columbus-5', shower: 'terra1shower', meteors: 'terra1meteors', hatchery: 'terra1hatchery' };
const config = (part: object) =>
  ({
    chain_id: 'columbus-5',
    contract: 'terra1shower',
    meteors: { address: 'terra1meteors' },
    hatchery: { address: 'terra1hatchery' },
    ...part,
  }) as Config;

test('a pinned page takes only its own event', () => {
  expect(judge(config({}), null, pinned)).toEqual({ is: 'pinned' });
  expect(judge(config({ hatchery: { address: null } }), null, pinned)).toEqual({ is: 'pinned' });
  for (const lie of [
    { contract: 'terra1thief' },
    { chain_id: 'columbus-6' },
    { hatchery: { address: 'terra1thief' } },
    { meteors: { address: 'terra1thief' } },
  ]) {
    // Not even a server that says it is a demo.
    expect(judge(config(lie), true, pinned)).toMatchObject({ is: 'wrong' });
  }
});

test('without an address only a demo can be signed for', () => {
  expect(judge(config({}), false, null)).toEqual({ is: 'unpinned' });
  expect(judge(config({}), true, null)).toEqual({ is: 'demo' });
  expect(judge(config({}), null, null)).toEqual({ is: 'waiting' });
  expect(judge(null, true, null)).toEqual({ is: 'waiting' });
});
