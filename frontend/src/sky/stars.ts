// Where the stars are: the real ones between the Swan and the Little Bear, and faint ones from a fixed seed.
// The Dragon is in the middle, and the meteors come from its head, as the Draconids do.
import { clouds, smooth, stream } from './random';

/** A star: place on a plane where 1 is the height of the view, light 0 to 1, warmth 0 (blue) to 1 (orange). */
export interface Star {
  x: number;
  y: number;
  light: number;
  warmth: number;
}

// Right ascension (hours), declination (degrees), magnitude, colour index B-V.
type Catalogued = readonly [number, number, number, number];

// prettier-ignore
const CATALOGUE: readonly Catalogued[] = [
  // Draco, from the tail to the head
  [11.523, 69.33, 3.8, 1.6],
  [12.558, 69.79, 3.9, -0.1],
  [14.073, 64.38, 3.7, 0.0],
  [15.415, 58.97, 3.3, 1.2],
  [16.031, 58.57, 4.0, 0.5],
  [16.4, 61.51, 2.7, 0.9],
  [17.146, 65.71, 3.2, -0.1],
  [18.35, 72.73, 3.6, 0.5],
  [19.209, 67.66, 3.1, 1.0],
  [19.803, 70.27, 3.8, 0.9],
  [17.892, 56.87, 3.7, 1.2],
  [17.943, 51.49, 2.2, 1.5],
  [17.507, 52.3, 2.8, 1.0],
  [17.537, 55.18, 4.9, 0.3],
  [17.538, 55.17, 4.9, 0.3],
  // Ursa Minor
  [2.53, 89.26, 2.0, 0.6],
  [17.537, 86.59, 4.4, 0.0],
  [16.766, 82.04, 4.2, 0.9],
  [15.734, 77.79, 4.3, 0.0],
  [14.845, 74.16, 2.1, 1.5],
  [15.345, 71.83, 3.0, 0.1],
  [16.292, 75.76, 4.9, 0.4],
  // Lyra
  [18.616, 38.78, 0.0, 0.0],
  [18.746, 37.61, 4.3, 0.2],
  [18.908, 36.9, 4.3, 1.7],
  [18.835, 33.36, 3.5, 0.0],
  [18.982, 32.69, 3.2, 0.0],
  [18.739, 39.67, 4.6, 0.2],
  // Cygnus
  [20.69, 45.28, 1.3, 0.1],
  [20.37, 40.26, 2.2, 0.7],
  [20.77, 33.97, 2.5, 1.0],
  [19.75, 45.13, 2.9, 0.0],
  [19.938, 35.08, 3.9, 1.0],
  [19.512, 27.96, 3.1, 1.1],
  [21.216, 30.23, 3.2, 1.0],
  [19.495, 51.73, 3.8, 0.2],
  [19.285, 53.37, 3.8, 1.0],
  [20.257, 46.74, 3.8, 1.3],
  [21.082, 43.93, 3.7, 1.6],
  // Cepheus
  [21.31, 62.59, 2.4, 0.2],
  [21.478, 70.56, 3.2, -0.2],
  [22.828, 66.2, 3.5, 1.0],
  [23.656, 77.63, 3.2, 1.0],
  [22.181, 58.2, 3.4, 1.6],
  [20.755, 61.84, 3.4, 0.9],
  [21.725, 58.78, 4.1, 2.3],
  [22.486, 58.42, 3.8, 0.7],
  // Hercules, Corona, Bootes
  [17.25, 36.81, 3.2, 1.4],
  [16.715, 38.92, 3.5, 0.9],
  [16.688, 31.6, 2.8, 0.6],
  [17.005, 30.93, 3.9, 0.0],
  [17.656, 46.01, 3.8, -0.2],
  [16.329, 46.31, 3.9, -0.2],
  [15.578, 26.71, 2.2, 0.0],
  [17.938, 37.25, 3.9, 1.4],
  [15.032, 40.39, 3.5, 1.0],
  [14.535, 38.31, 3.0, 0.2],
  [14.75, 27.07, 2.4, 1.0],
  // Cassiopeia and the Plough's end
  [0.675, 56.54, 2.2, 1.2],
  [0.153, 59.15, 2.3, 0.3],
  [0.945, 60.72, 2.5, -0.2],
  [1.43, 60.24, 2.7, 0.1],
  [1.907, 63.67, 3.4, -0.2],
  [13.792, 49.31, 1.9, -0.1],
  [13.399, 54.93, 2.2, 0.1],
  [12.9, 55.96, 1.8, 0.0],
];

/** The middle of the view on the sky, and how it is turned and scaled. */
const VIEW = { ra: 18.75, dec: 55, turn: -0.62, field: 1.15 };

/** Where a place on the sky is in the view: stereographic, so that constellations keep their shape. */
function project(hours: number, degrees: number): { x: number; y: number } {
  const around = ((hours - VIEW.ra) * Math.PI) / 12;
  const up = (degrees * Math.PI) / 180;
  const middle = (VIEW.dec * Math.PI) / 180;
  const cosine = Math.sin(middle) * Math.sin(up) + Math.cos(middle) * Math.cos(up) * Math.cos(around);
  const stretch = 2 / (1 + Math.max(-0.9, cosine)) / VIEW.field;
  const east = -stretch * Math.cos(up) * Math.sin(around);
  const north = stretch * (Math.cos(middle) * Math.sin(up) - Math.sin(middle) * Math.cos(up) * Math.cos(around));
  const cos = Math.cos(VIEW.turn);
  const sin = Math.sin(VIEW.turn);
  return { x: east * cos - north * sin, y: -(east * sin + north * cos) };
}

// Two points of the galactic plane (in Cygnus and in Cassiopeia) give the line of the Milky Way in the view.
const SWAN = project(20.2, 39);
const QUEEN = project(0.2, 62.5);

/** Signed distance of a point of the view from the middle of the Milky Way, and the place along it. */
export function band(x: number, y: number): { across: number; along: number } {
  const dx = QUEEN.x - SWAN.x;
  const dy = QUEEN.y - SWAN.y;
  const length = Math.hypot(dx, dy);
  return {
    across: ((x - SWAN.x) * dy - (y - SWAN.y) * dx) / length,
    along: ((x - SWAN.x) * dx + (y - SWAN.y) * dy) / length,
  };
}

/** Light of the Milky Way at a point of the view, 0 to 1: grains of light along a band, with dark lanes through it. */
export function milkyWay(x: number, y: number): number {
  const { across, along } = band(x, y);
  const wide = Math.exp(-((across / 0.27) ** 2));
  if (wide < 0.02) return 0;
  // The band is bent, and its edge frayed.
  const fray = clouds(x * 3.1 + 4, y * 3.1, 41, 4) - 0.5;
  const middle = across + 0.16 * fray;
  const narrow = Math.exp(-((middle / 0.085) ** 2));
  const grain = clouds(x * 9 + fray * 2, y * 9, 11, 5);
  const lane = clouds(along * 2.6 + fray * 3, middle * 9, 57, 5);
  const rift = Math.exp(-(((middle + 0.012) / 0.055) ** 2)) * smooth(0.4, 0.62, lane);
  const veil = smooth(0.42, 0.75, clouds(x * 5 + 2, y * 5 + fray * 2, 91, 4)) * wide;
  const light = 0.2 * wide + narrow * (0.28 + 0.85 * (grain - 0.28)) + 0.2 * wide * grain;
  return Math.max(0, Math.min(1, light * (1 - 0.62 * rift) * (1 - 0.45 * veil)));
}

/** Faint stars over the whole map. */
const FAINT = 60_000;

/** A part of the map. */
export interface Part {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** All stars in a part of the map; the same at every call. */
export function stars(part: Part): Star[] {
  const within = (x: number, y: number): boolean =>
    x >= part.left && x <= part.right && y >= part.top && y <= part.bottom;
  const found: Star[] = CATALOGUE.map(([hours, degrees, magnitude, index]) => ({
    ...project(hours, degrees),
    light: Math.min(1, 0.36 + (4.9 - magnitude) * 0.15),
    warmth: Math.min(1, Math.max(0, (index + 0.2) / 1.8)),
  })).filter((star) => within(star.x, star.y));
  const random = stream(20211108);
  for (let i = 0; i < FAINT; i += 1) {
    const x = (random() * 2 - 1) * 1.9;
    const y = (random() * 2 - 1) * 1.1;
    const chance = random();
    const light = 0.04 + 0.4 * random() ** 7;
    const warmth = 0.1 + 0.7 * random() ** 1.6;
    if (!within(x, y)) continue;
    // Most faint stars belong to the Milky Way, and are fainter there.
    const milk = Math.exp(-((band(x, y).across / 0.15) ** 2));
    if (chance < 0.2) found.push({ x, y, light, warmth });
    else if (chance < 0.2 + 0.8 * milk) found.push({ x, y, light: 0.02 + light * 0.42, warmth });
  }
  return found;
}
