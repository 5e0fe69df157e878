// The chart's scales: nothing outside, round marks, no marks in each other's way.
import { describe, expect, it } from 'vitest';
import { across, nearest, numbered, scaleOf, spread } from './scale';

const ust = (amount: number) => BigInt(Math.round(amount * 1e6));

describe('a scale', () => {
  it('starts at zero where floors are alike', () => {
    const scale = scaleOf([ust(8), ust(15), ust(99.25)]);
    expect(scale.log).toBe(false);
    expect(scale.at(0n)).toBe(0);
    expect(scale.ticks).toEqual([0, 20, 40, 60, 80, 100].map(ust));
    expect(scale.at(ust(50))).toBeCloseTo(0.5);
  });

  it('multiplies where they are far apart', () => {
    const scale = scaleOf([ust(8), ust(74195.123456)]);
    expect(scale.log).toBe(true);
    expect(scale.ticks).toEqual([10, 100, 1_000, 10_000, 100_000].map(ust));
    expect(scale.at(ust(100)) - scale.at(ust(10))).toBeCloseTo(scale.at(ust(1000)) - scale.at(ust(100)));
  });

  it('keeps every amount inside, with two to seven marks, whatever the amounts', () => {
    const cases = [[1], [8], [8, 8], [0.000001, 1], [8, 170], [9.36, 9.09, 8], [8, 123_456_789_012], [5, 5_000_000]];
    for (const amounts of cases) {
      const scale = scaleOf(amounts.map(ust));
      for (const amount of amounts) {
        expect(scale.at(ust(amount))).toBeGreaterThanOrEqual(0);
        expect(scale.at(ust(amount))).toBeLessThanOrEqual(1);
      }
      for (const tick of scale.ticks) expect(scale.at(tick)).toBeGreaterThanOrEqual(0);
      expect(scale.ticks.length).toBeGreaterThanOrEqual(2);
      expect(scale.ticks.length).toBeLessThanOrEqual(7);
      expect(new Set(scale.ticks).size).toBe(scale.ticks.length);
    }
  });

  it('of nothing shows nothing', () => {
    expect(scaleOf([]).ticks).toEqual([]);
    expect(scaleOf([0n]).at(0n)).toBe(0);
  });
});

describe('showers side by side', () => {
  it('stand from edge to edge, a single one in the middle', () => {
    expect([0, 1, 2].map((index) => across(index, 3))).toEqual([0, 0.5, 1]);
    expect(across(0, 1)).toBe(0.5);
  });

  it('are found by the nearest place, also beyond the edges', () => {
    for (const count of [1, 2, 44, 100]) {
      for (let index = 0; index < count; index += 1) expect(nearest(across(index, count), count)).toBe(index);
      expect(nearest(-3, count)).toBe(0);
      expect(nearest(3, count)).toBe(count - 1);
    }
  });

  it('have as many numbers as there is room for, the first and the last always', () => {
    expect(numbered(4, 8)).toEqual([1, 2, 3, 4]);
    expect(numbered(44, 8)).toEqual([1, 10, 20, 30, 44]);
    expect(numbered(17, 10)).toEqual([1, 4, 6, 8, 10, 12, 14, 17]);
    expect(numbered(1, 8)).toEqual([1]);
    for (let count = 1; count <= 100; count += 1) {
      const shown = numbered(count, 6);
      expect(shown[0]).toBe(1);
      expect(shown.at(-1)).toBe(count);
      expect(shown.length).toBeLessThanOrEqual(7);
      expect([...shown].sort((a, b) => a - b)).toEqual(shown);
    }
  });
});

describe('names at the ends of lines', () => {
  it('stay where they are if there is room', () => expect(spread([10, 50, 90], 20, 100)).toEqual([10, 50, 90]));
  it('move apart, and stay inside', () => {
    expect(spread([90, 92, 94, 96], 20, 100)).toEqual([40, 60, 80, 100]);
    expect(spread([0, 0, 0], 20, 100)).toEqual([0, 20, 40]);
  });
});
