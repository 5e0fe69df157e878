// Numbers that look random and are the same for everyone: stars, hills and drawn tokens come from a seed.

/** A stream of numbers in [0, 1), always the same for the same seed (mulberry32). */
export function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A seed from a text (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash >>> 0;
}

/** A number in [0, 1) for a point of a grid. */
function lattice(x: number, y: number, seed: number): number {
  let hash = Math.imul(x, 0x1b873593) ^ Math.imul(y, 0x85ebca6b) ^ seed;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

/** Smooth noise in [0, 1): one feature per unit. */
export function noise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = ease(x - left);
  const down = ease(y - top);
  const upper = mix(lattice(left, top, seed), lattice(left + 1, top, seed), across);
  const lower = mix(lattice(left, top + 1, seed), lattice(left + 1, top + 1, seed), across);
  return mix(upper, lower, down);
}

/** Noise with finer and finer detail, in [0, 1). */
export function clouds(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0;
  let weight = 0;
  let share = 1;
  let across = x;
  let down = y;
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += share * noise(across, down, seed + octave);
    weight += share;
    share *= 0.5;
    // Each octave is turned, or the grid would show.
    const turned = 1.62 * across - 1.24 * down + 3.7;
    down = 1.24 * across + 1.62 * down + 1.9;
    across = turned;
  }
  return sum / weight;
}

/** From a to b. */
export function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smooth(from: number, to: number, value: number): number {
  return ease(Math.min(1, Math.max(0, (value - from) / (to - from))));
}

function ease(share: number): number {
  return share * share * (3 - 2 * share);
}
