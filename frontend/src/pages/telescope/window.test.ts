// The shown part of a ranking holds the rank that was looked for, and grows without gaps.
import { expect, test } from 'vitest';
import { earlier, later, windowAt } from './window';

test('a rank is on its page, wherever it stands', () => {
  for (const contributors of [1, 49, 50, 51, 1000]) {
    for (let rank = 1; rank <= contributors; rank += 1) {
      const [part] = windowAt(rank, contributors);
      if (!part) throw new Error('no page');
      expect(part.after).toBeGreaterThanOrEqual(0);
      expect(rank).toBeGreaterThan(part.after);
      expect(rank).toBeLessThanOrEqual(part.after + part.limit);
    }
  }
});

test('pages before and after join without a gap, back to the first rank', () => {
  let parts = windowAt(73, 1000);
  expect(parts).toEqual([{ after: 67, limit: 50 }]);
  parts = earlier(later(parts));
  parts = earlier(parts);
  expect(parts).toEqual([
    { after: 0, limit: 17 },
    { after: 17, limit: 50 },
    { after: 67, limit: 50 },
    { after: 117, limit: 50 },
  ]);
  expect(earlier(parts)).toEqual(parts);
});
