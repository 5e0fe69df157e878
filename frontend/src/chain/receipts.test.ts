// A receipt is followed until its fate is certain, and unknown is never called failed.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let height = 10;
vi.mock('../api/live', () => ({ snapshot: () => ({ height, pace: 1, time: 1000 }) }));

type Reply = { status: number; body: unknown } | 'lost';
let replies: Record<string, () => Reply>;
let asked: string[];
const kept = new Map<string, string>();

const ok = (body: unknown): Reply => ({ status: 200, body });
const none = ok({ hash: 'H', height: null, code: 0, log: '' });
const refused = { status: 422, body: { detail: 'too little', codespace: 'sdk', code: 5 } };

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  height = 10;
  asked = [];
  kept.clear();
  globalThis.localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage;
  replies = {
    'POST /v1/txs': () => ok({ hash: 'H' }),
    'GET /v1/txs/H': () => none,
    'GET /v1/accounts/A': () => ok({ sequence: '3' }),
    'GET /v1/wallets/A': () => ok({ height: 12, showers: [] }),
  };
  globalThis.fetch = vi.fn(async (path: string, init?: RequestInit) => {
    const call = `${init?.method ?? 'GET'} ${path}`;
    asked.push(call);
    const reply = replies[call]?.() ?? 'lost';
    if (reply === 'lost') throw new TypeError('network');
    return new Response(JSON.stringify(reply.body), { status: reply.status });
  }) as typeof fetch;
});

afterEach(() => {
  vi.useRealTimers();
});

const receipt = {
  hash: 'H',
  purpose: { kind: 'contribute' as const, shower: 1, amount: '8000000' },
  address: 'A',
  state: 'signed' as const,
  error: null,
  height: null,
  created: 1000,
  tx: 'AA==',
  timeout: 20,
  sequence: '3',
  tried: false,
};

async function start() {
  const module = await import('./receipts');
  module.load('contract');
  return { ...module, now: () => module.receipts.get()[0] };
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

test('sent, in a block, credited', async () => {
  const { add, now } = await start();
  add(receipt);
  await seconds(0);
  expect(now()?.state).toBe('sent');
  replies['GET /v1/txs/H'] = () => ok({ height: 12, code: 0, log: '' });
  replies['GET /v1/wallets/A'] = () => ok({ height: 11, showers: [] });
  await seconds(2);
  expect(now()).toMatchObject({ state: 'block', height: 12 });
  replies['GET /v1/wallets/A'] = () => ok({ height: 12, showers: [] });
  await seconds(2);
  expect(now()?.state).toBe('credited');
  const before = asked.length;
  await seconds(60);
  expect(asked.length).toBe(before);
});

test('an answer that is lost is no failure: the same bytes are sent again', async () => {
  const { add, now } = await start();
  replies['POST /v1/txs'] = () => 'lost';
  add(receipt);
  await seconds(5);
  expect(now()?.state).toBe('signed');
  replies['POST /v1/txs'] = () => ok({ hash: 'H' });
  await seconds(11);
  expect(now()?.state).toBe('sent');
  expect(asked.filter((call) => call.startsWith('POST')).length).toBe(2);
});

test('only a refusal of the first broadcast is final', async () => {
  const { add, now } = await start();
  replies['POST /v1/txs'] = () => refused;
  add(receipt);
  await seconds(0);
  expect(now()).toMatchObject({ state: 'failed', height: null, error: 'too little' });
});

test('a refusal of a later broadcast says only that a node has forgotten it', async () => {
  const { add, now } = await start();
  replies['POST /v1/txs'] = () => refused;
  add({ ...receipt, tried: true });
  await seconds(5);
  expect(now()?.state).toBe('signed');
});

test('one that is found in a block counts, whatever the broadcast was answered', async () => {
  const { add, now } = await start();
  replies['POST /v1/txs'] = () => refused;
  replies['GET /v1/txs/H'] = () => ok({ height: 12, code: 5, log: 'shower 1 is over' });
  add(receipt);
  await seconds(0);
  expect(now()).toMatchObject({ state: 'failed', height: 12, error: 'shower 1 is over' });
});

test('it has expired only when the chain can take it no more and the account has not used its place', async () => {
  const { add, now } = await start();
  add(receipt);
  height = 22;
  await seconds(5);
  expect(now()?.state).toBe('sent');
  height = 23;
  await seconds(5);
  expect(now()?.state).toBe('expired');
});

test('an account that has used its place says that it may be in a block that our nodes can’t look up', async () => {
  const { add, now } = await start();
  replies['GET /v1/accounts/A'] = () => ok({ sequence: '4' });
  height = 23;
  add(receipt);
  await seconds(1);
  expect(now()?.state).toBe('unsure');
});

test('a reload goes on where the last visit was', async () => {
  kept.set('meteor.receipts.contract', JSON.stringify([{ ...receipt, state: 'sent', tried: true }]));
  replies['GET /v1/txs/H'] = () => ok({ height: 12, code: 0, log: '' });
  const { now } = await start();
  await seconds(3);
  expect(now()?.state).toBe('credited');
});

test('what an earlier version left unreadable is dropped', async () => {
  kept.set('meteor.receipts.contract', '{');
  const { receipts } = await start();
  expect(receipts.get()).toEqual([]);
});
