// The pure parts of the sky: bounded, finite, the same for everyone.
import { describe, expect, it } from 'vitest';
import { brightness, type Falling } from './falling';
import { afterglow, fallen, flashing, grounded, over, plan, SPARKS, shine } from './flight';
import { HORIZON, RANGES, ridge } from './hills';
import type { Tier } from './palette';
import { clouds, seedOf, stream } from './random';
import { IN_AIR, Shower, WAITING } from './shower';
import { milkyWay, stars } from './stars';

const TIERS: readonly Tier[] = ['legendary', 'ancient', 'rare', 'common'];
const UST = 1_000_000n;

describe('brightness', () => {
  it('goes from the minimum to ten thousand times it, by logarithm', () => {
    const of = (amount: bigint) => brightness(amount, 8n * UST);
    expect(of(8n * UST)).toBe(0);
    expect(of(80n * UST)).toBeCloseTo(0.25, 9);
    expect(of(800n * UST)).toBeCloseTo(0.5, 9);
    expect(of(74_195n * UST)).toBeCloseTo(0.9918, 3);
    expect(of(80_000n * UST)).toBe(1);
  });

  it('takes every amount', () => {
    for (const amount of [-5n, 0n, 1n, 7n * UST, 10n ** 38n]) {
      for (const minimum of [-1n, 0n, 1n, 8n * UST, 10n ** 38n]) {
        const value = brightness(amount, minimum);
        expect(value, `${amount} of ${minimum}`).toBeGreaterThanOrEqual(0);
        expect(value, `${amount} of ${minimum}`).toBeLessThanOrEqual(1);
      }
    }
    expect(brightness(10n ** 38n, 8n * UST)).toBe(1);
    expect(brightness(7n * UST, 8n * UST)).toBe(0);
  });

  it('never falls as the amount grows', () => {
    let before = 0;
    for (let amount = 8n * UST; amount < 10n ** 13n; amount = (amount * 11n) / 10n) {
      const now = brightness(amount, 8n * UST);
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
  });
});

describe('a flight', () => {
  const sizes = [
    [390, 844],
    [1280, 900],
    [3840, 2160],
    [320, 480],
    [1, 1],
  ] as const;

  it('is finite, begins in the upper part and ends over the hills, on every view', () => {
    const random = stream(1);
    for (const [width, height] of sizes) {
      for (const tier of TIERS) {
        for (const bright of [0, 0.3, 1, -4, 9, Number.NaN, Number.POSITIVE_INFINITY]) {
          for (let i = 0; i < 40; i += 1) {
            const flight = grounded();
            plan(flight, { tier, brightness: bright }, 1000, width, height, random);
            for (const value of Object.values(flight)) {
              if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
            }
            expect(Math.hypot(flight.dx, flight.dy)).toBeGreaterThan(0.9);
            expect(flight.dy).toBeGreaterThan(0);
            expect(flight.y).toBeLessThan(height * HORIZON * 0.5);
            expect(flight.tail).toBeLessThanOrEqual(flight.path);
            expect(flight.sparks).toBeLessThanOrEqual(SPARKS);
            if (height > 100) {
              expect(flight.y + flight.dy * flight.path).toBeLessThan(height * HORIZON);
              expect(flight.x + flight.dx * flight.path).toBeGreaterThan(-0.25 * width);
            }
          }
        }
      }
    }
  });

  it('is grander with more', () => {
    const mean = (bright: number) => {
      const random = stream(7);
      let sum = 0;
      for (let i = 0; i < 50; i += 1) {
        const flight = grounded();
        plan(flight, { tier: 'common', brightness: bright }, 0, 1280, 900, random);
        sum += flight.head * flight.light * flight.tail;
      }
      return sum / 50;
    };
    expect(mean(0.5)).toBeGreaterThan(mean(0.1) * 1.3);
    expect(mean(1)).toBeGreaterThan(mean(0.5) * 1.3);
  });

  it('begins and ends dark, moves on all the time, and its trail fades', () => {
    expect(fallen(0)).toBe(0);
    expect(fallen(1)).toBeCloseTo(1, 9);
    expect(shine(0)).toBe(0);
    expect(shine(1)).toBe(0);
    for (let share = 0.01; share < 1; share += 0.01) {
      expect(fallen(share)).toBeGreaterThan(fallen(share - 0.01));
      expect(shine(share)).toBeGreaterThan(0);
      expect(shine(share)).toBeLessThanOrEqual(1);
    }
    const flight = grounded();
    plan(flight, { tier: 'rare', brightness: 0.5 }, 100, 390, 844, stream(3));
    expect(afterglow(flight, -1)).toBe(1);
    expect(afterglow(flight, flight.glows / 2)).toBeCloseTo(0.25, 9);
    expect(afterglow(flight, flight.glows)).toBe(0);
    expect(flashing(flight, 100)).toBe(0);
    expect(flashing(flight, 100 + 0.75 * flight.lasts)).toBeGreaterThan(0.9 * flight.light);
    expect(flashing(flight, 100 + 1.5 * flight.lasts)).toBe(0);
    expect(over(flight, 100 + flight.lasts)).toBe(false);
    expect(over(flight, 100 + flight.lasts + flight.glows)).toBe(true);
  });
});

describe('a shower', () => {
  const one: Falling = { tier: 'common', brightness: 0.2 };

  it('starts a lone contribution at once', () => {
    const shower = new Shower(stream(1));
    shower.add(one, 500);
    shower.step(500, 390, 844);
    expect(shower.flights).toHaveLength(1);
  });

  it('spreads a block of 40 over about a block, and ends', () => {
    const shower = new Shower(stream(2));
    for (let i = 0; i < 40; i += 1) shower.add(one, 0);
    const started: number[] = [];
    let now = 0;
    for (; shower.busy && now < 60_000; now += 16) shower.step(now, 390, 844, (flight) => started.push(flight.at));
    expect(started).toHaveLength(40);
    expect(Math.max(...started)).toBeGreaterThan(3000);
    expect(Math.max(...started)).toBeLessThan(8000);
    expect(started.filter((at) => at < 1000).length).toBeLessThan(20);
    expect(shower.busy).toBe(false);
  });

  it('holds no more than its bounds, whatever comes, and leaves the oldest out', () => {
    const shower = new Shower(stream(3));
    const seen = new Set<Tier>();
    for (let i = 0; i < 500; i += 1) shower.add({ tier: 'legendary', brightness: 1 }, 0);
    for (let i = 0; i < WAITING; i += 1) shower.add({ tier: 'rare', brightness: 1 }, 0);
    expect(shower.queued).toBe(WAITING);
    const objects = new Set();
    for (let now = 0; now < 30_000; now += 16) {
      if (now % 160 === 0) shower.add({ tier: 'rare', brightness: 1 }, now);
      shower.step(now, 1280, 900, (flight) => seen.add(flight.tier));
      expect(shower.flights.length).toBeLessThanOrEqual(IN_AIR);
      expect(shower.queued).toBeLessThanOrEqual(WAITING);
      for (const flight of shower.flights) objects.add(flight);
    }
    expect(seen).toEqual(new Set(['rare']));
    expect(objects.size).toBe(IN_AIR); // the same objects again and again
  });

  it('forgets all when nobody looks', () => {
    const shower = new Shower(stream(4));
    for (let i = 0; i < 30; i += 1) shower.add(one, 0);
    shower.step(9000, 390, 844);
    shower.clear();
    expect(shower.busy).toBe(false);
    for (let i = 0; i < IN_AIR + 5; i += 1) shower.add(one, 20_000);
    shower.step(40_000, 390, 844);
    expect(shower.flights).toHaveLength(IN_AIR);
  });
});

describe('the still sky', () => {
  it('is the same for everyone', () => {
    const part = { left: -0.3, right: 0.3, top: -0.4, bottom: 0.4 };
    const found = stars(part);
    expect(found).toEqual(stars(part));
    expect(found.length).toBeGreaterThan(500);
    for (const { x, y, light, warmth } of found) {
      expect(Math.abs(x)).toBeLessThanOrEqual(0.3);
      expect(Math.abs(y)).toBeLessThanOrEqual(0.4);
      expect(light).toBeGreaterThan(0);
      expect(light).toBeLessThanOrEqual(1);
      expect(warmth).toBeGreaterThanOrEqual(0);
      expect(warmth).toBeLessThanOrEqual(1);
    }
    expect(seedOf('15514')).toBe(seedOf('15514'));
    expect(seedOf('15514')).not.toBe(seedOf('15515'));
  });

  it('has hills below the horizon’s glow and a Milky Way between 0 and 1', () => {
    for (let x = -2; x <= 2; x += 0.05) {
      for (let range = 0; range < RANGES; range += 1) {
        expect(ridge(range, x)).toBeGreaterThanOrEqual(0);
        expect(ridge(range, x)).toBeLessThan(0.3);
      }
      for (let y = -1; y <= 1; y += 0.1) {
        expect(milkyWay(x, y)).toBeGreaterThanOrEqual(0);
        expect(milkyWay(x, y)).toBeLessThanOrEqual(1);
        expect(clouds(x, y, 3, 4)).toBeGreaterThanOrEqual(0);
        expect(clouds(x, y, 3, 4)).toBeLessThan(1);
      }
    }
  });
});
