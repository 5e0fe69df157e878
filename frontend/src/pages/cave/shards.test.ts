import { describe, expect, test } from 'vitest';
import { clipOf, type Place, shatter } from './shards';

/** The area of a polygon, positive clockwise on a screen. */
function area(corners: readonly Place[]): number {
  return (
    corners.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = corners[(i + 1) % corners.length] ?? [x, y];
      return sum + x * nextY - nextX * y;
    }, 0) / 2
  );
}

describe('shards', () => {
  test('they cover the picture without gap or overlap, whatever the token', () => {
    for (let id = 1; id <= 200; id += 1) {
      const { shards } = shatter(`meteors ${id}`);
      const areas = shards.map(({ corners }) => area(corners));
      for (const one of areas) expect(one).toBeGreaterThan(0);
      expect(areas.reduce((sum, one) => sum + one, 0)).toBeCloseTo(10_000, 6);
    }
  });

  test('no corner leaves the picture', () => {
    for (let id = 1; id <= 200; id += 1) {
      for (const [x, y] of shatter(`meteors ${id}`).shards.flatMap(({ corners }) => corners)) {
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x, y)).toBeLessThanOrEqual(100);
      }
    }
  });

  test('a token always breaks in the same way, another in another', () => {
    const clips = (token: string) => shatter(token).shards.map(clipOf);
    expect(clips('meteors 7')).toEqual(clips('meteors 7'));
    expect(clips('meteors 7')).not.toEqual(clips('meteors 8'));
  });
});
