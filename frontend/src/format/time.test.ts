import { expect, test } from 'vitest';
import { formatSpan, formatWindow, splitSeconds } from './time';

test('a span shows its two largest parts', () => {
  expect(formatSpan(2 * 86_400 + 23 * 3600 + 55 * 60, 'en')).toBe('2 days 23 hours');
  expect(formatSpan(86_400, 'en')).toBe('1 day');
  expect(formatSpan(45, 'en')).toBe('45 seconds');
  expect(formatSpan(0, 'en')).toBe('0 seconds');
  expect(formatSpan(3600 + 1, 'en')).toBe('1 hour');
});

test('nothing is rounded up', () => {
  expect(splitSeconds(86_399.9)).toEqual({ days: 0, hours: 23, minutes: 59, seconds: 59 });
  expect(splitSeconds(-5)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 0 });
});

test('a window says its date once, and seconds only if it is short', () => {
  const hour = formatWindow(1_636_351_200, 1_636_354_800, 'en-GB');
  expect(hour.match(/Nov/g)).toHaveLength(1);
  expect(hour.match(/\d\d:\d\d(?!:)/g)).toHaveLength(2);
  expect(formatWindow(1_636_351_200, 1_636_351_220, 'en-GB')).toContain(':20');
});
