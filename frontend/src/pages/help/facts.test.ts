// Percentages in answers are exact.
import { expect, test } from 'vitest';
import { percentOf, percentOfPart } from './facts';

test('basis points', () => {
  expect(percentOf(2250)).toBe('22.5 %');
  expect(percentOf(900)).toBe('9 %');
  expect(percentOf(5)).toBe('0.05 %');
});

test('parts of one', () => {
  expect(percentOfPart('0.005')).toBe('0.5 %');
  expect(percentOfPart('0.012')).toBe('1.2 %');
  expect(percentOfPart('0.00000001')).toBe('0.000001 %');
  expect(percentOfPart('1')).toBe('100 %');
  expect(percentOfPart('0')).toBe('');
  expect(percentOfPart('0.000')).toBe('');
});
