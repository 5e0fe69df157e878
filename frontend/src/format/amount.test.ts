import { describe, expect, test } from 'vitest';
import { formatAmount, formatPercent, formatShort, parseAmount, unitOf } from './amount';

const read = (typed: string, locale: string) => {
  const parsed = parseAmount(typed, 'UST', locale);
  return parsed.ok ? parsed.micro : parsed.why;
};

describe('what people type', () => {
  test.each([
    ['100', 100_000_000n],
    ['100 UST', 100_000_000n],
    ['100ust', 100_000_000n],
    ['1,000', 1_000_000_000n],
    ['1,000.50', 1_000_500_000n],
    ['12,5', 12_500_000n],
    ['12.5', 12_500_000n],
    ['.5', 500_000n],
    ['8.', 8_000_000n],
    ['0,000', 0n],
    ['1 000', 1_000_000_000n],
    ['1\u202f000', 1_000_000_000n],
    ['1’000', 1_000_000_000n],
    ['1,234,567', 1_234_567_000_000n],
    ['1.234.567,89', 1_234_567_890_000n],
    ['12,34,567.5', 1_234_567_500_000n],
    ['0.000001', 1n],
    ['٢٥٫٥', 25_500_000n],
    ['१००', 100_000_000n],
  ])('%s in English', (typed, micro) => {
    expect(read(typed, 'en')).toBe(micro);
  });

  test.each([
    ['1.000', 1_000_000_000n],
    ['1,000', 1_000_000n],
    ['12,5', 12_500_000n],
    ['1.000,5', 1_000_500_000n],
    ['12.5', 12_500_000n],
  ])('%s in German', (typed, micro) => {
    expect(read(typed, 'de')).toBe(micro);
  });

  test.each([
    ['', 'empty'],
    ['UST', 'empty'],
    ['abc', 'unreadable'],
    ['-5', 'unreadable'],
    ['1e9', 'unreadable'],
    ['1,0,000', 'unreadable'],
    ['1.2.3', 'unreadable'],
    ['1,000,5', 'unreadable'],
    ['.', 'unreadable'],
    ['0.0000001', 'places'],
    ['123456789012345678901', 'large'],
  ])('%s is refused', (typed, why) => {
    expect(read(typed, 'en')).toBe(why);
  });
});

describe('what people read', () => {
  test('no digit is left out', () => {
    expect(formatAmount(74_195_123_456n, 'en')).toBe('74,195.123456');
    expect(formatAmount(8_000_000n, 'en')).toBe('8');
    expect(formatAmount(12_500_000n, 'de')).toBe('12,50');
    expect(formatAmount(1n, 'en')).toBe('0.000001');
    expect(formatAmount(123_456_789_012_345_678_901_234n, 'en')).toBe('123,456,789,012,345,678.901234');
  });

  test('what was formatted is read back in every locale', () => {
    for (const locale of ['en', 'de', 'fr', 'de-CH', 'hi', 'ar', 'fa', 'pt-BR', 'ru']) {
      for (const micro of [1n, 8_000_000n, 1_000_000_000n, 74_195_123_456n, 1_234_567_890_000n]) {
        expect(read(formatAmount(micro, locale), locale), `${micro} in ${locale}`).toBe(micro);
      }
    }
  });

  test('odds are not rounded', () => {
    expect(formatPercent('27.43', 'de')).toBe('27,43 %');
    expect(formatPercent('100.00', 'en')).toBe('100 %');
    expect(formatPercent('0.05', 'en')).toBe('0.05 %');
  });

  test('a short form never shows more than there is', () => {
    expect(formatShort(9_999_999_999n, 'en')).toBe('9,999');
    expect(formatShort(74_199_000_000n, 'en')).toBe('74.1K');
  });

  test('units as people write them', () => {
    expect(unitOf('uusd')).toBe('UST');
    expect(unitOf('uluna')).toBe('LUNA');
    expect(unitOf('ibc/27394FB0')).toBe('ibc/27394FB0');
  });
});
