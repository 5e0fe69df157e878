// The rules as the browser runs them: the real wasm, with the evidence of docs/fairness/example.
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { showerOf } from './check';
import { nextPage } from './evidence';
import { Rules, Unreadable } from './rules';
import { EVENT_STEPS, type EventTold, type Files, type MeteorTold, type Report, SHOWER_STEPS } from './types';
import { judge, outcome } from './verdict';

const example = new URL('../../../docs/fairness/example/', import.meta.url);
const file = (name: string) => new Uint8Array(readFileSync(new URL(name, example)));
const bytes = (text: string) => new TextEncoder().encode(text);
const words = (of: Uint8Array) => new TextDecoder().decode(of);

/** The files of a shower as the API sends them. */
function files(shower: number, change: Partial<Files> = {}): Files {
  return {
    fairness: file('fairness.json'),
    tables: file('tables.json'),
    contributions: file(`showers/${shower}/contributions.csv`),
    reveals: [bytes(`{"reveals":${words(file(`showers/${shower}/reveals.json`))},"next":null}`)],
    ...change,
  };
}

let rules: Rules;
let event: EventTold;
const shower = (number: number, change: Partial<Files> = {}) =>
  rules.answer({ ask: 'shower', number, files: files(number, change) }) as Report;
const names = (report: Report, wanted: string) =>
  report.steps.filter((step) => step.outcome === wanted).map((step) => step.name);

beforeAll(() => {
  const wasm = new URL('rules.wasm', import.meta.url);
  if (!existsSync(wasm)) throw new Error('src/fairness/rules.wasm is missing: run scripts/page-wasm');
  const module = new WebAssembly.Module(readFileSync(wasm));
  // A page's policy allows it nothing, and it asks for nothing.
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  rules = new Rules(module);
  event = rules.answer({
    ask: 'event',
    fairness: file('fairness.json'),
    catalogue: file('catalogue.csv'),
  }) as EventTold;
});

describe('the rules', () => {
  it('tell the event and where its showers stand', () => {
    expect(event.steps.map((step) => step.name)).toEqual(EVENT_STEPS);
    expect(event.beacon).toBe('test');
    expect(event.showers.map((one) => one.state)).toEqual([
      'published',
      'published',
      'empty',
      'cancelled',
      'sealed',
      'open',
    ]);
  });

  it('are green for genuine evidence', () => {
    const report = shower(1);
    expect(report.steps.map((step) => step.name)).toEqual(SHOWER_STEPS);
    expect(names(report, 'passed')).toEqual(SHOWER_STEPS);
    expect(outcome(report)).toBe('passed');
  });

  it('are red for one changed contribution', () => {
    const changed = words(file('showers/1/contributions.csv')).replace(/(\d)\n/, (_, digit) => `${9 - digit}\n`);
    const report = shower(1, { contributions: bytes(changed) });
    expect(names(report, 'failed')).toEqual(['contributions']);
    expect(judge(event, [report])).toMatchObject({
      is: 'wrong',
      failed: { shower: 1, step: { name: 'contributions' } },
    });
  });

  it('are grey where the key is not out', () => {
    const report = shower(5);
    expect(names(report, 'not_checked')).toEqual(['key', 'draw']);
    expect(names(report, 'failed')).toEqual([]);
    expect(report.paused).toBe(true);
    expect(judge(event, [report]).is).toBe('partly');
  });

  it('check the signature of the random number, and do not only compare it', () => {
    const told = JSON.parse(words(file('fairness.json')));
    told.showers[0].beacon_signature = told.showers[1].beacon_signature;
    const report = shower(1, { fairness: bytes(JSON.stringify(told)) });
    expect(names(report, 'failed')).toEqual(['beacon']);
  });

  it('tell a meteor with its odds', () => {
    const told = rules.answer({ ask: 'meteor', number: 42, files: files(2) }) as MeteorTold;
    expect(told.meteor).toMatchObject({ rank: 2, tier: 'legendary', shower: 2, content: { kind: 'egg' } });
    expect(told.percent).toBe('100.00');
    expect(told.report.steps.at(-1)).toMatchObject({ name: 'meteor', outcome: 'passed' });
    expect(showerOf(event, 42)?.shower).toBe(2);
    expect(showerOf(event, 40)?.shower).toBe(1);
    expect([0, 9_999, 1.5e300].map((number) => showerOf(event, number))).toEqual([undefined, undefined, undefined]);
  });

  it('say in words what they can’t read, and go on afterwards', () => {
    expect(() => shower(1, { fairness: bytes('{}') })).toThrow(Unreadable);
    expect(() => shower(1, { contributions: new Uint8Array([255]) })).toThrow(/UTF-8/);
    expect(() => rules.answer({ ask: 'meteor', number: 9_999, files: files(1) })).toThrow('there is no meteor 9999');
    expect(outcome(shower(2))).toBe('passed');
  });
});

describe('a verdict', () => {
  const report = (...outcomes: ('passed' | 'failed' | 'not_checked')[]): Report => ({
    shower: 3,
    paused: false,
    steps: outcomes.map((outcome, at) => ({ name: SHOWER_STEPS[at] ?? 'meteor', shows: '', outcome, detail: '' })),
  });

  it('never says that everything holds with a beacon of a test chain', () => {
    expect(judge(event, [shower(1), shower(2)])).toMatchObject({ is: 'play', unchecked: 1, steps: 20 });
  });

  it('says so only if every step was checked', () => {
    const steps = event.steps.map((step) => ({ ...step, outcome: 'passed' as const }));
    const quicknet: EventTold = { ...event, beacon: 'quicknet', steps };
    expect(judge(quicknet, [report('passed')]).is).toBe('holds');
    expect(judge(quicknet, [report('passed', 'not_checked')]).is).toBe('partly');
    expect(judge(quicknet, [report('not_checked', 'failed')]).is).toBe('wrong');
    expect(judge({ ...quicknet, beacon: null }, [report('passed')]).is).toBe('partly');
  });
});

it('pages of reveals are followed on this server only', () => {
  expect(nextPage(bytes('{"reveals":[],"next":"/v1/showers/1/reveals?after=40"}'))).toBe(
    '/v1/showers/1/reveals?after=40',
  );
  for (const none of ['{"reveals":[],"next":null}', '{}', '"x"', 'no json', '{"next":"https://other.example/"}'])
    expect(nextPage(bytes(none)), none).toBeNull();
});
