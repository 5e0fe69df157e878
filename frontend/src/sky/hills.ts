// The hills at the bottom: four ranges as heights over the width, from noise, so every width has its own view.
import { clouds, noise } from './random';

/** How many ranges there are, far to near. */
export const RANGES = 4;

/** Where the horizon is, as a share of the height of the view. */
export const HORIZON = 0.86;

/** Of each range, near to far: height of its foot, of its slopes and of its peaks, and peaks per unit. */
const SHAPES: ReadonlyArray<readonly [number, number, number, number]> = [
  [0.0, 0.07, 0.012, 3.2],
  [0.035, 0.075, 0.02, 3.6],
  [0.075, 0.06, 0.045, 3.1],
  [0.105, 0.045, 0.075, 2.6],
];

/**
 * Height of a range over the bottom at a place, as a share of the view's height.
 * @param range 0 is the farthest
 * @param x place in units of the view's height, 0 in the middle
 */
export function ridge(range: number, x: number): number {
  const [foot, slope, peak, often] = SHAPES[RANGES - 1 - range] ?? [0, 0, 0, 1];
  const seed = 300 + 31 * range;
  const rolls = noise(x * 1.3 + range * 3.7, 2.5, seed);
  // Folded noise makes crests; finer noise breaks them.
  const crest = 1 - Math.abs(2 * noise(x * often + 5.3 * range, 7.5, seed + 1) - 1);
  const rough = clouds(x * often * 3, range * 5.1, seed + 2, 4);
  return foot + slope * rolls + peak * (0.7 * crest * crest + 0.45 * rough);
}
