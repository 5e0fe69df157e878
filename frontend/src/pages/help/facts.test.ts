// Percentages and amounts in answers are exact.
import { expect, test } from 'vitest';
import { helpText } from '../../strings/help';
import { factsOf, percentOf, percentOfPart, taxOf } from './facts';

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

test('the tax with its cap, in the words of the answers', () => {
  const tax = { burn_tax: '0.005', tax_cap: '1000000' };
  expect(taxOf(tax, 'UST')).toEqual({ tax: '0.5 %', taxCap: '1 UST' });
  expect(taxOf({ ...tax, tax_cap: null }, 'UST')).toEqual({ tax: '0.5 %', taxCap: '' });
  expect(taxOf({ ...tax, tax_cap: '0' }, 'UST')).toEqual({ tax: '', taxCap: '' });
  for (const unknown of [null, { burn_tax: null, tax_cap: null }]) {
    expect(taxOf(unknown, 'UST')).toEqual({ tax: '', taxCap: '' });
  }
  const said = helpText.answers({ ...factsOf(null, null), ...taxOf(tax, 'UST') });
  const refunds = said.find((answer) => answer.id === 'refunds')?.paragraphs?.join(' ');
  expect(refunds).toContain('less 0.5 %, at most 1 UST of each transfer.');
});
