// The pictures a meteor is drawn with, painted once per tier and theme: no gradient is made while one falls.
import { sheet } from './paint';
import type { Burn, Colour, Palette, Tier } from './palette';
import { mix, smooth } from './random';

/** What a meteor of a tier is drawn with. */
export interface Sprites {
  /** From the tip at the left to the head at the right. */
  tail: CanvasImageSource;
  /** The trail that stays: tapers at both ends. */
  trail: CanvasImageSource;
  head: CanvasImageSource;
  spark: CanvasImageSource;
}

type Pixel = (u: number, v: number) => readonly [Colour, number];

/** Paints a picture pixel by pixel: u from 0 to 1 along it, v from -1 to 1 across it. */
function picture(width: number, height: number, pixel: Pixel): CanvasImageSource {
  const { canvas, on } = sheet(width, height);
  const pixels = on.createImageData(width, height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [colour, alpha] = pixel((column + 0.5) / width, ((row + 0.5) / height) * 2 - 1);
      pixels.data.set([...colour, 255 * Math.min(1, alpha)], (row * width + column) * 4);
    }
  }
  on.putImageData(pixels, 0, 0);
  // A bitmap can't change, so that drawing it copies nothing.
  return 'transferToImageBitmap' in canvas ? canvas.transferToImageBitmap() : canvas;
}

function blend(a: Colour, b: Colour, share: number): Colour {
  return [mix(a[0], b[0], share), mix(a[1], b[1], share), mix(a[2], b[2], share)];
}

function bell(distance: number, wide: number): number {
  return Math.exp(-((distance / wide) ** 2));
}

/** A thin hot line inside a wider glow; both are widest at the head. */
function tail(burn: Burn): CanvasImageSource {
  return picture(256, 24, (u, v) => {
    const wide = 0.05 + 0.5 * u ** 1.5;
    const core = bell(v, wide * 0.36);
    const edge = 1 - smooth(0.75, 1, Math.abs(v));
    const light = (0.95 * core + 0.4 * bell(v, wide)) * edge * u ** 1.7 * (1 - smooth(0.975, 1, u));
    const along = blend(burn.end, burn.tail, smooth(0.1, 0.75, u));
    return [blend(along, burn.head, core * smooth(0.45, 1, u)), light];
  });
}

function trail(burn: Burn): CanvasImageSource {
  return picture(128, 12, (u, v) => {
    const light = bell(v, 0.4) * (1 - smooth(0.7, 1, Math.abs(v))) * smooth(0, 0.7, u) * (1 - smooth(0.8, 1, u));
    return [blend(burn.end, burn.tail, 0.3 + 0.7 * u), light];
  });
}

function head(burn: Burn): CanvasImageSource {
  return picture(64, 64, (u, v) => {
    const far = Math.hypot(u * 2 - 1, v);
    const core = bell(far, 0.13);
    const light = core + 0.42 * bell(far, 0.3) + 0.16 * bell(far, 0.55);
    return [blend(burn.tail, burn.head, bell(far, 0.24)), light * (1 - smooth(0.7, 1, far))];
  });
}

function spark(burn: Burn): CanvasImageSource {
  return picture(16, 16, (u, v) => {
    const far = Math.hypot(u * 2 - 1, v);
    return [blend(burn.tail, burn.head, bell(far, 0.4)), bell(far, 0.45) * (1 - smooth(0.7, 1, far))];
  });
}

/** The sprites of all tiers. */
export function sprites(palette: Palette): Readonly<Record<Tier, Sprites>> {
  const of = (burn: Burn): Sprites => ({ tail: tail(burn), trail: trail(burn), head: head(burn), spark: spark(burn) });
  const { legendary, ancient, rare, common } = palette.burns;
  return { legendary: of(legendary), ancient: of(ancient), rare: of(rare), common: of(common) };
}

/** The light of a legendary meteor on the sky. */
export function flashSprite(): CanvasImageSource {
  return picture(48, 48, (u, v) => {
    const far = Math.hypot(u * 2 - 1, v);
    const light = 0.6 * bell(far, 0.25) + 0.3 * bell(far, 0.5);
    return [blend([196, 160, 200], [255, 236, 204], bell(far, 0.4)), light * (1 - smooth(0.6, 1, far))];
  });
}
