import { expect, test } from 'vitest';
import { troubleOf, wordsOf } from './errors';

test.each([
  ['Request rejected', 'rejected'],
  ['User denied', 'rejected'],
  ['There is no modular chain info for localterra', 'chain'],
  ['There is no chain info for columbus-5', 'chain'],
  ['key store is locked', 'locked'],
  ['Ledger is not connected', 'ledger'],
  ['Failed to open device: transport', 'ledger'],
  ['boom', 'other'],
])('%s is %s', (words, trouble) => {
  expect(troubleOf(new Error(words))).toBe(trouble);
  expect(troubleOf({ message: words })).toBe(trouble);
});

test('every trouble says that nothing was sent, or what to do', () => {
  for (const words of ['Request rejected', 'no chain info', 'locked', 'transport', 'boom']) {
    expect(wordsOf(new Error(words), 'Keplr')).toMatch(/Keplr/);
  }
});
