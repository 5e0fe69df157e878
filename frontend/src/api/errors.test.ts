// Errors are kept without addresses, and not without end.
import { expect, test } from 'vitest';
import { noteError, recentErrors } from './errors';

const AT = new Date('2021-11-08T06:00:00Z');

test('addresses are left out', () => {
  noteError('/v1/wallets/terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v: 503', AT);
  expect(recentErrors().at(-1)).toBe('2021-11-08T06:00:00.000Z /v1/wallets/terra1…: 503');
});

test('only the last are kept, and each is short', () => {
  for (let i = 0; i < 40; i += 1) noteError(`${i} ${'x'.repeat(1000)}`, AT);
  expect(recentErrors().length).toBe(12);
  expect(recentErrors().at(-1)).toContain('39 xxx');
  expect(recentErrors().every((error) => error.length < 340)).toBe(true);
});
