// The colours of the sky: a night and a dawn over the same hills.

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** A tier, as the API names it. */
export type Tier = 'legendary' | 'ancient' | 'rare' | 'common';

/** The colours of a meteor: at its head, along its tail, and where the tail ends. */
export interface Burn {
  head: Colour;
  tail: Colour;
  end: Colour;
}

/** All colours of one sky. */
export interface Palette {
  /** From the zenith down to the horizon: place (0 to 1) and colour. */
  air: ReadonlyArray<readonly [number, Colour]>;
  /** Light behind the hills: at its heart and further out. */
  glow: readonly [Colour, Colour];
  /** Strength of that light, 0 to 1. */
  glowing: number;
  /** How much of the stars is seen, 0 to 1. */
  stars: number;
  /** How much of the Milky Way is seen, 0 to 1. */
  milk: number;
  /** The ranges of hills, far to near: top of a range and its foot, where the mist is. */
  hills: ReadonlyArray<readonly [Colour, Colour]>;
  burns: Readonly<Record<Tier, Burn>>;
}

// Text stands on the sky outside the cards: all of it keeps a contrast of 4.5 to the page’s quiet text, links and warnings.
export const NIGHT: Palette = {
  air: [
    [0, [4, 6, 18]],
    [0.28, [8, 13, 36]],
    [0.55, [15, 24, 60]],
    [0.78, [28, 37, 82]],
    [0.92, [48, 46, 88]],
    [1, [68, 52, 84]],
  ],
  glow: [
    [168, 84, 54],
    [116, 62, 92],
  ],
  glowing: 0.25,
  stars: 1,
  milk: 0.62,
  hills: [
    [
      [34, 37, 74],
      [50, 48, 86],
    ],
    [
      [20, 24, 52],
      [32, 34, 68],
    ],
    [
      [10, 13, 32],
      [18, 21, 46],
    ],
    [
      [3, 5, 15],
      [6, 8, 20],
    ],
  ],
  burns: {
    legendary: { head: [255, 236, 190], tail: [255, 190, 84], end: [240, 88, 36] },
    ancient: { head: [240, 216, 255], tail: [198, 128, 255], end: [120, 52, 220] },
    rare: { head: [214, 240, 255], tail: [96, 182, 255], end: [30, 92, 220] },
    common: { head: [240, 245, 255], tail: [186, 200, 236], end: [96, 112, 170] },
  },
};

export const DAWN: Palette = {
  air: [
    [0, [195, 215, 246]],
    [0.3, [207, 222, 247]],
    [0.58, [226, 231, 246]],
    [0.8, [248, 233, 228]],
    [0.93, [255, 224, 202]],
    [1, [255, 212, 178]],
  ],
  glow: [
    [255, 246, 220],
    [255, 206, 166],
  ],
  glowing: 0.95,
  stars: 0.85,
  milk: 0.3,
  hills: [
    [
      [240, 210, 206],
      [250, 224, 210],
    ],
    [
      [222, 206, 222],
      [240, 220, 220],
    ],
    [
      [204, 204, 230],
      [224, 214, 228],
    ],
    [
      [203, 211, 238],
      [208, 213, 238],
    ],
  ],
  burns: {
    legendary: { head: [255, 250, 226], tail: [240, 150, 20], end: [226, 84, 30] },
    ancient: { head: [252, 242, 255], tail: [142, 76, 236], end: [108, 60, 210] },
    rare: { head: [242, 250, 255], tail: [28, 126, 236], end: [40, 96, 214] },
    common: { head: [255, 255, 255], tail: [112, 120, 196], end: [150, 156, 214] },
  },
};

/** A colour as CSS. */
export function css([red, green, blue]: Colour, alpha = 1): string {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}
