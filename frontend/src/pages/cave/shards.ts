// How a meteor's picture breaks: shards that cover its square without gaps, and the cracks between them.
import { seedOf, stream } from '../../sky/random';

/** A place in the picture, in per cent of its side. */
export type Place = readonly [number, number];

export interface Shard {
  corners: readonly Place[];
  /** Where it flies, as a direction of length 1. */
  away: Place;
  /** How far it turns on its way (degrees). */
  turn: number;
}

export interface Crack {
  /** As an SVG path in a box of 100 by 100, from the heart outwards. */
  path: string;
  /** How much of it is not seen yet before the meteor breaks: 0 to 1. */
  hidden: number;
  /** When it grows (ms): a fork only once its crack has come to it. */
  late: number;
}

export interface Broken {
  shards: readonly Shard[];
  /** The cracks and their forks. */
  cracks: readonly Crack[];
  /** Where they start. */
  heart: Place;
}

const CRACKS = 9;
const CORNERS: readonly Place[] = [
  [100, 100],
  [0, 100],
  [0, 0],
  [100, 0],
];

/** Where a ray from `from` leaves the square. */
function edge([x, y]: Place, angle: number): Place {
  const dx = Math.cos(angle);
  const dy = Math.sin(angle);
  const right = dx > 0 ? (100 - x) / dx : dx < 0 ? -x / dx : Number.POSITIVE_INFINITY;
  const down = dy > 0 ? (100 - y) / dy : dy < 0 ? -y / dy : Number.POSITIVE_INFINITY;
  const far = Math.min(right, down);
  const inside = (value: number) => Math.min(100, Math.max(0, value));
  return [inside(x + dx * far), inside(y + dy * far)];
}

/** A jagged way from `from` to `to`. */
function jagged(from: Place, to: Place, random: () => number): Place[] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const at = (along: number): Place => {
    const aside = (random() - 0.5) * 0.16;
    return [from[0] + dx * along - dy * aside, from[1] + dy * along + dx * aside];
  };
  return [from, at(0.28), at(0.52), at(0.76), to];
}

/** The corners of the square between two places on its edge, in the order of the angle around `heart`. */
function cornersBetween(heart: Place, from: number, to: number): Place[] {
  const found: [number, Place][] = [];
  for (const corner of CORNERS) {
    let angle = Math.atan2(corner[1] - heart[1], corner[0] - heart[0]);
    while (angle < from) angle += 2 * Math.PI;
    if (angle < to) found.push([angle, corner]);
  }
  return found.sort((a, b) => a[0] - b[0]).map(([, corner]) => corner);
}

/** Breaks the picture of a token: the same token always breaks in the same way. */
export function shatter(token: string): Broken {
  const random = stream(seedOf(token));
  const heart: Place = [44 + 8 * random(), 50 + 8 * random()];
  const first = random() * 2 * Math.PI;
  const angles = Array.from(
    { length: CRACKS },
    (_, i) => first + ((i + 0.45 * (random() - 0.5)) / CRACKS) * 2 * Math.PI,
  );
  const cracks = angles.map((angle) => jagged(heart, edge(heart, angle), random));
  const shards = cracks.map((crack, i): Shard => {
    const last = i === CRACKS - 1;
    const next = cracks[last ? 0 : i + 1] ?? crack;
    const from = angles[i] ?? 0;
    const to = last ? (angles[0] ?? 0) + 2 * Math.PI : (angles[i + 1] ?? 0);
    const middle = (from + to) / 2;
    return {
      corners: [...crack, ...cornersBetween(heart, from, to), ...next.slice(1).reverse()],
      away: [Math.cos(middle), Math.sin(middle)],
      turn: (random() - 0.5) * 70,
    };
  });
  const forks = cracks.map((crack, i): Place[] => {
    const start = crack[2] ?? heart;
    const angle = (angles[i] ?? 0) + (random() < 0.5 ? 0.5 : -0.5);
    const long = 9 + 10 * random();
    const end: Place = [start[0] + long * Math.cos(angle), start[1] + long * Math.sin(angle)];
    return jagged(start, end, random).slice(0, 4);
  });
  const shown = cracks.map((crack) => ({ path: pathOf(crack), hidden: 0.58 + 0.3 * random(), late: 0 }));
  return { shards, cracks: [...shown, ...forks.map((fork) => ({ path: pathOf(fork), hidden: 1, late: 520 }))], heart };
}

/** The shard as CSS wants it. */
export function clipOf(shard: Shard): string {
  return `polygon(${shard.corners.map(([x, y]) => `${x.toFixed(2)}% ${y.toFixed(2)}%`).join(', ')})`;
}

function pathOf(crack: readonly Place[]): string {
  return `M${crack.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
}
