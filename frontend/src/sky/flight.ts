// How a meteor falls: pure geometry and light. No drawing here.
import type { Falling } from './falling';
import { HORIZON } from './hills';
import { mix, smooth } from './random';

/** One meteor in the air. All lengths in CSS pixels, all times in milliseconds. */
export interface Flight {
  tier: Falling['tier'];
  /** When it starts, on the clock of `requestAnimationFrame`. */
  at: number;
  /** Where it starts, and the direction it falls in (a unit vector). */
  x: number;
  y: number;
  dx: number;
  dy: number;
  /** How far it falls, and how long that takes. */
  path: number;
  lasts: number;
  /** How long its trail glows after it is gone. */
  glows: number;
  /** Length of its tail and radius of its head. */
  tail: number;
  head: number;
  /** Strength of its light, 0 to 1. */
  light: number;
  /** How many sparks come off it. */
  sparks: number;
  /** Makes its sparks differ from those of another. */
  seed: number;
}

/** The most sparks of one meteor. */
export const SPARKS = 7;

/** A flight that hasn't begun. */
export function grounded(): Flight {
  return {
    tier: 'common',
    at: 0,
    x: 0,
    y: 0,
    dx: 0,
    dy: 1,
    path: 0,
    lasts: 1,
    glows: 1,
    tail: 0,
    head: 0,
    light: 0,
    sparks: 0,
    seed: 0,
  };
}

/** A number between 0 and 1, whatever the caller gave. */
export function unit(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}

const GRANDER: Readonly<Record<Falling['tier'], number>> = { legendary: 0.28, ancient: 0.12, rare: 0.05, common: 0 };

/**
 * Plans a meteor's fall over a view. Writes into `flight`, so that nothing is allocated while meteors fall.
 * All paths point away from one radiant above the right of the view, and end over the hills.
 */
export function plan(
  flight: Flight,
  falling: Falling,
  at: number,
  width: number,
  height: number,
  random: () => number,
): void {
  const bright = unit(unit(falling.brightness) * 0.8 + GRANDER[falling.tier] + 0.04 * (random() - 0.5));
  const size = Math.sqrt(Math.max(1, width) * Math.max(1, height)) / 700;
  const horizon = height * HORIZON;
  // Brighter ones start further up, where they are seen whole.
  flight.x = width * mix(0.2, 1.03, random());
  flight.y = horizon * (0.44 * random() ** 1.25 - 0.06) * mix(1, 0.55, bright);
  const awayX = flight.x - width * 1.02;
  const awayY = flight.y + Math.max(width * 0.75, height * 0.5);
  const turn = Math.atan2(awayY, awayX - 0.34 * awayY) + 0.05 * (random() - 0.5);
  flight.dx = Math.cos(turn);
  flight.dy = Math.max(0.2, Math.sin(turn));
  const down = (horizon * mix(0.7, 0.94, bright) - flight.y) / flight.dy;
  const left = flight.dx < -0.05 ? (flight.x + 0.12 * width) / -flight.dx : down;
  const room = Math.min(down, left);
  const wish = size * mix(170, 560, bright) * mix(0.85, 1.15, random());
  flight.path = Math.max(40, Math.min(wish, room));
  flight.tail = Math.min(flight.path * 0.85, size * mix(90, 330, bright));
  flight.head = mix(2.6, 7.2, bright ** 1.2) * Math.min(1.35, Math.max(0.8, size));
  flight.lasts = mix(760, 1350, bright) * mix(0.9, 1.15, random()) * mix(0.75, 1, flight.path / wish);
  flight.glows = mix(420, 1900, bright ** 1.5);
  flight.light = mix(0.66, 1, bright);
  flight.sparks = Math.min(SPARKS, Math.floor(bright * (SPARKS + 1.5)));
  flight.seed = random();
  flight.tier = falling.tier;
  flight.at = at;
}

/** How far it has fallen, 0 to 1, at a share of its time: the air slows it a little. */
export function fallen(share: number): number {
  const time = unit(share);
  return time * (1.24 - 0.24 * time);
}

/** Its light at a share of its time: it flares up late, then goes out. */
export function shine(share: number): number {
  if (share <= 0 || share >= 1) return 0;
  const flare = 0.28 * Math.exp(-(((share - 0.78) / 0.1) ** 2));
  return Math.min(1, smooth(0, 0.22, share) * (0.74 + flare)) * (1 - smooth(0.84, 1, share));
}

/** Light of the trail it leaves, `after` milliseconds after it is gone. */
export function afterglow(flight: Flight, after: number): number {
  if (after <= 0) return 1;
  return after >= flight.glows ? 0 : (1 - after / flight.glows) ** 2;
}

/** How much it lights up the sky, 0 to 1: most where it flares, and for a while after. */
export function flashing(flight: Flight, now: number): number {
  const share = (now - flight.at) / (flight.lasts * 1.5);
  if (!(share > 0 && share < 1)) return 0;
  return flight.light * smooth(0.1, 0.5, share) * (1 - smooth(0.52, 1, share));
}

/** Whether it and its trail are gone. */
export function over(flight: Flight, now: number): boolean {
  return !(now < flight.at + flight.lasts + flight.glows);
}
