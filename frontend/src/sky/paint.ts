// Paints the sky that stands still, once: air, Milky Way, stars, light on the horizon, hills.
import { HORIZON, RANGES, ridge } from './hills';
import { type Colour, css, type Palette } from './palette';
import { mix, smooth, stream } from './random';
import { milkyWay, stars } from './stars';

/** What can be drawn on, in a page or in a worker. */
export type Layer = HTMLCanvasElement | OffscreenCanvas;

/** What draws on it. */
export type Pencil = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The pencil of a layer. @throws {Error} where the browser has none */
export function pencil(layer: Layer): Pencil {
  const on = layer.getContext('2d') as Pencil | null;
  if (on === null) throw new Error('this browser draws on no canvas');
  return on;
}

/** Something to draw on that isn't on the page. */
export function sheet(width: number, height: number): { canvas: Layer; on: Pencil } {
  const wide = Math.max(1, Math.round(width));
  const high = Math.max(1, Math.round(height));
  const inPage = typeof document !== 'undefined';
  const canvas = inPage ? document.createElement('canvas') : new OffscreenCanvas(wide, high);
  canvas.width = wide;
  canvas.height = high;
  return { canvas, on: pencil(canvas) };
}

/** Where a point of the star map is on a page: the middle of the map is above the middle of the page. */
function place(width: number, height: number): { left: number; top: number; unit: number } {
  const unit = Math.max(height, width * 0.62);
  // On a narrow page the map moves to the right, so that the Milky Way stays in view.
  return { left: width * 0.5 + 0.2 * Math.max(0, unit - width), top: height * 0.4, unit };
}

/** Paints a sky of that size (in units of `on`, which may be scaled). */
export function paintSky(on: Pencil, width: number, height: number, palette: Palette): void {
  const horizon = height * HORIZON;
  paintAir(on, width, horizon, height, palette);
  paintMilkyWay(on, width, horizon, height, palette);
  paintStars(on, width, horizon, height, palette);
  paintGlow(on, width, horizon, height, palette);
  paintGrain(on, width, height);
  paintHills(on, width, height, palette);
}

function paintAir(on: Pencil, width: number, horizon: number, height: number, palette: Palette): void {
  const air = on.createLinearGradient(0, 0, 0, horizon);
  for (const [stop, colour] of palette.air) air.addColorStop(stop, css(colour));
  on.fillStyle = air;
  on.fillRect(0, 0, width, height);
}

/** The Milky Way is computed small and drawn large: it has no sharp edges. */
function paintMilkyWay(on: Pencil, width: number, horizon: number, height: number, palette: Palette): void {
  const { left, top, unit } = place(width, height);
  const step = Math.max(3, Math.sqrt((width * height) / 90_000));
  const small = sheet(width / step, horizon / step);
  const pixels = small.on.createImageData(small.canvas.width, small.canvas.height);
  const data = pixels.data;
  let at = 0;
  for (let row = 0; row < pixels.height; row += 1) {
    const down = row / pixels.height;
    const clear = palette.milk * (1 - smooth(0.45, 1, down));
    for (let column = 0; column < pixels.width; column += 1) {
      const light = milkyWay((column * step - left) / unit, (row * step - top) / unit);
      data[at] = mix(128, 246, light);
      data[at + 1] = mix(150, 232, light);
      data[at + 2] = mix(228, 236, light);
      data[at + 3] = 96 * clear * light;
      at += 4;
    }
  }
  small.on.putImageData(pixels, 0, 0);
  on.imageSmoothingQuality = 'high';
  on.drawImage(small.canvas, 0, 0, width, horizon);
}

/** Colour of a star by its warmth. */
function starColour(warmth: number): Colour {
  return warmth < 0.45
    ? [mix(190, 255, warmth / 0.45), mix(210, 252, warmth / 0.45), 255]
    : [255, mix(252, 206, (warmth - 0.45) / 0.55), mix(255, 158, (warmth - 0.45) / 0.55)];
}

function paintStars(on: Pencil, width: number, horizon: number, height: number, palette: Palette): void {
  const { left, top, unit } = place(width, height);
  const size = Math.min(1.35, Math.max(1, unit / 900));
  const part = { left: -left / unit, right: (width - left) / unit, top: -top / unit, bottom: (horizon - top) / unit };
  for (const star of stars(part)) {
    const x = left + star.x * unit;
    const y = top + star.y * unit;
    // Near the horizon the air swallows the faint ones.
    const clear = palette.stars * (1 - smooth(0.35, 0.98, y / horizon));
    const light = star.light * clear;
    if (light < 0.02) continue;
    const colour = starColour(star.warmth);
    if (star.light < 0.3) {
      const side = size * (0.7 + 1.6 * star.light);
      on.fillStyle = css(colour, Math.min(1, light * 2.3));
      on.fillRect(x, y, side, side);
      continue;
    }
    const radius = size * (0.42 + 1.15 * star.light ** 1.5);
    if (star.light > 0.5) {
      const halo = on.createRadialGradient(x, y, 0, x, y, radius * 7);
      halo.addColorStop(0, css(colour, 0.5 * light));
      halo.addColorStop(0.3, css(colour, 0.1 * light));
      halo.addColorStop(1, css(colour, 0));
      on.fillStyle = halo;
      on.fillRect(x - radius * 7, y - radius * 7, radius * 14, radius * 14);
    }
    on.fillStyle = css(star.light > 0.6 ? mixed(colour, [255, 255, 255], 0.5) : colour, Math.min(1, light * 1.25));
    on.beginPath();
    on.arc(x, y, radius, 0, 2 * Math.PI);
    on.fill();
  }
}

function mixed(a: Colour, b: Colour, share: number): Colour {
  return [mix(a[0], b[0], share), mix(a[1], b[1], share), mix(a[2], b[2], share)];
}

/** Light from below the horizon, wide and flat. */
function paintGlow(on: Pencil, width: number, horizon: number, height: number, palette: Palette): void {
  const [heart, rim] = palette.glow;
  const reach = Math.max(width * 0.75, height * 0.4);
  on.save();
  on.translate(width * 0.3, horizon);
  on.scale(1, 0.36);
  const glow = on.createRadialGradient(0, 0, 0, 0, 0, reach);
  glow.addColorStop(0, css(heart, palette.glowing));
  glow.addColorStop(0.25, css(mixed(heart, rim, 0.5), palette.glowing * 0.55));
  glow.addColorStop(0.6, css(rim, palette.glowing * 0.16));
  glow.addColorStop(1, css(rim, 0));
  on.fillStyle = glow;
  on.fillRect(-width, -reach, 2 * width, 2 * reach);
  on.restore();
}

/** A grain too fine to see: without it the dark gradient shows steps. */
function paintGrain(on: Pencil, width: number, height: number): void {
  const tile = sheet(96, 96);
  const pixels = tile.on.createImageData(96, 96);
  const random = stream(5);
  for (let at = 0; at < pixels.data.length; at += 4) {
    const white = random() < 0.5 ? 0 : 255;
    pixels.data.fill(white, at, at + 3);
    pixels.data[at + 3] = 3.6 * random();
  }
  tile.on.putImageData(pixels, 0, 0);
  const grain = on.createPattern(tile.canvas, 'repeat');
  if (grain === null) return;
  on.fillStyle = grain;
  on.fillRect(0, 0, width, height);
}

function paintHills(on: Pencil, width: number, height: number, palette: Palette): void {
  const tall = Math.min(height, 0.6 * height + 0.45 * width);
  for (let range = 0; range < RANGES; range += 1) {
    const [top, foot] = palette.hills[range] ?? [
      [0, 0, 0],
      [0, 0, 0],
    ];
    const crest = height - tall * (ridge(range, 0) + 0.05);
    const fill = on.createLinearGradient(0, crest, 0, Math.min(height, crest + tall * 0.12));
    fill.addColorStop(0, css(top));
    fill.addColorStop(1, css(foot));
    on.fillStyle = fill;
    on.beginPath();
    on.moveTo(0, height);
    for (let x = 0; x <= width + 2; x += 2) on.lineTo(x, height - tall * ridge(range, (x - width / 2) / tall));
    on.lineTo(width + 2, height);
    on.closePath();
    on.fill();
  }
}
