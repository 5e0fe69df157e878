// What is said about page, chain and server in each state.
import { describe, expect, it } from 'vitest';
import { healthOf, type Line, overall, type Seen } from './health';

const fine: Seen = {
  live: { link: 'live', height: 100 },
  status: {
    chain_id: 'c',
    height: 100,
    time: 1,
    tip: 100,
    launched: true,
    halted: false,
    state: 'following',
    alarms: 0,
    one_node_since: null,
  },
  paused: false,
  stalled: false,
  ahead: 1,
};

const status = (part: Partial<NonNullable<Seen['status']>>): Seen => ({
  ...fine,
  status: fine.status && { ...fine.status, ...part },
});

function line(seen: Seen, what: Line['what']): Line | undefined {
  return healthOf(seen).find((line) => line.what === what);
}

describe('when all is well', () => {
  it('says so in every line', () => {
    expect(healthOf(fine).map((line) => line.level)).toEqual(Array(7).fill('good'));
    expect(overall(healthOf(fine))).toBe('good');
  });

  it('does not depend on a clock that can’t be compared', () => {
    expect(overall(healthOf({ ...fine, ahead: null }))).toBe('good');
  });
});

describe('when something is wrong', () => {
  const cases: [string, Seen, Line['what'], Line['is'], 'warn' | 'bad'][] = [
    ['events don’t come', { ...fine, live: { link: 'polling', height: 9 } }, 'connection', 'polling', 'warn'],
    ['the server is away', { ...fine, live: { link: 'lost', height: 9 } }, 'connection', 'lost', 'bad'],
    ['blocks are late', { ...fine, stalled: true }, 'chain', 'late', 'warn'],
    ['the server lags', status({ tip: 140 }), 'nodes', 'behind', 'warn'],
    ['figures stopped', status({ halted: true }), 'figures', 'halted', 'bad'],
    ['the server has just started', status({ state: 'catching_up' }), 'figures', 'catching_up', 'warn'],
    ['the server gets no blocks', status({ state: 'cant_follow' }), 'figures', 'cant_follow', 'warn'],
    ['one node alone tells', status({ one_node_since: 98 }), 'figures', 'one_node', 'warn'],
    ['nothing was launched', status({ launched: false }), 'figures', 'unlaunched', 'warn'],
    ['there are alarms', status({ alarms: 3 }), 'alarms', 'some', 'warn'],
    ['contributing is paused', { ...fine, paused: true }, 'contributing', 'paused', 'warn'],
    ['the clock is ahead', { ...fine, ahead: 31 }, 'clock', 'off', 'warn'],
    ['the clock is behind', { ...fine, ahead: -3600 }, 'clock', 'off', 'warn'],
  ];
  it.each(cases)('%s: its line says so, and so does the headline', (_, seen, what, is, level) => {
    expect(line(seen, what)).toMatchObject({ is, level });
    expect(overall(healthOf(seen))).toBe(level);
  });

  it('says of figures what is worst', () => {
    const marked = { state: 'cant_follow', one_node_since: 98 } as const;
    expect(line(status(marked), 'figures')).toMatchObject({ is: 'cant_follow' });
    expect(line(status({ ...marked, halted: true }), 'figures')).toMatchObject({ is: 'halted' });
    expect(line(status({ state: 'chain_stands' }), 'figures')).toMatchObject({ is: 'good' });
  });

  it('counts the blocks that are missing, and lets a moment’s lag pass', () => {
    expect(line(status({ tip: 140 }), 'nodes')).toMatchObject({ blocks: 40 });
    expect(line(status({ tip: 102 }), 'nodes')).toMatchObject({ is: 'current' });
    expect(line(status({ tip: 98 }), 'nodes')).toMatchObject({ is: 'current' });
  });

  it('the worst decides the headline', () => {
    expect(overall(healthOf({ ...status({ halted: true, alarms: 2 }), paused: true }))).toBe('bad');
  });
});

it('claims nothing before anything is known', () => {
  const seen: Seen = {
    live: { link: 'connecting', height: 0 },
    status: null,
    paused: null,
    stalled: false,
    ahead: null,
  };
  expect(new Set(healthOf(seen).map((line) => line.level))).toEqual(new Set(['unknown']));
  expect(overall(healthOf(seen))).toBe('unknown');
});
