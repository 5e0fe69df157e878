// Draws the sky on three layers: one that stands still, painted once; one for meteors, drawn only while one falls; and a
// coarse one between them for the light that a legendary meteor throws on the sky.
// Runs in a worker where the browser can, else in the page: nothing here knows of the page.
import { drawFlight, drawGlint } from './draw';
import type { Falling } from './falling';
import { type Flight, flashing } from './flight';
import { type Layer, type Pencil, paintSky, pencil } from './paint';
import { DAWN, NIGHT } from './palette';
import { stream } from './random';
import { Shower } from './shower';
import { flashSprite, sprites } from './sprites';

/** What the visitor's device asks for. */
export interface SkyOptions {
  /** Less motion: meteors are still glints. */
  reduced: boolean;
  /** Night instead of dawn. */
  dark: boolean;
}

/** What an engine draws on, from back to front. */
export interface Layers {
  still: Layer;
  light: Layer;
  air: Layer;
}

/** What an engine is told. */
export interface Engine {
  /** The size of the view in CSS pixels, and device pixels per CSS pixel. */
  size(width: number, height: number, density: number): void;
  set(options: SkyOptions): void;
  fall(falling: Falling): void;
  /** Takes every meteor away: nobody is looking. */
  clear(): void;
}

/** Stars are sharp; more pixels than this per CSS pixel show nothing. */
const STILL = 2;

/** Meteors are soft and redrawn at every frame: a pixel each is enough. */
const AIR = 1;

/** Light has no edges: this many CSS pixels share one. */
const COARSE = 12;

/** The most pixels of a layer. */
const PIXELS = 3_200_000;

/** Pixels per CSS pixel of a layer. */
function ratio(wish: number, density: number, width: number, height: number): number {
  return Math.min(wish, Math.max(1, density), Math.sqrt(PIXELS / (width * height)));
}

function resize(layer: Layer, width: number, height: number, by: number): void {
  layer.width = Math.round(width * by);
  layer.height = Math.round(height * by);
}

/**
 * An engine on these layers.
 * @param painted is called whenever the still sky stands
 * @param most meteors in the air at once
 */
export function engine({ still, light, air }: Layers, options: SkyOptions, painted: () => void, most?: number): Engine {
  const below: Pencil = pencil(still);
  const between: Pencil = pencil(light);
  const above: Pencil = pencil(air);
  const flash = flashSprite();
  const shower = new Shower(stream(Date.now()), most);
  let now = options;
  let looks = sprites(options.dark ? NIGHT : DAWN);
  let width = 0;
  let height = 0;
  let density = 1;
  let scale = 1;
  let frame = 0;
  let drawn = false;
  let lit = false;

  const paint = (): void => {
    if (width === 0 || height === 0) return;
    const sharp = ratio(STILL, density, width, height);
    scale = ratio(AIR, density, width, height);
    resize(still, width, height, sharp);
    resize(air, width, height, scale);
    resize(light, width, height, 1 / COARSE);
    below.setTransform(sharp, 0, 0, sharp, 0, 0);
    paintSky(below, width, height, now.dark ? NIGHT : DAWN);
    painted();
  };

  const wipe = (): void => {
    if (drawn) {
      above.setTransform(1, 0, 0, 1, 0, 0);
      above.clearRect(0, 0, air.width, air.height);
    }
    if (lit) between.clearRect(0, 0, light.width, light.height);
    drawn = false;
    lit = false;
  };

  /** Light of a legendary meteor on the sky around it. */
  const lightUp = (flight: Flight, time: number): void => {
    const strength = (now.dark ? 0.34 : 0.5) * flashing(flight, time);
    if (strength < 0.004) return;
    const far = flight.path * 0.7;
    const x = (flight.x + flight.dx * far) / COARSE;
    const y = (flight.y + flight.dy * far) / COARSE;
    const reach = (0.75 * Math.max(width, 0.6 * height)) / COARSE;
    between.globalAlpha = strength;
    between.drawImage(flash, x - reach, y - reach, 2 * reach, 2 * reach);
    lit = true;
  };

  const draw = (time: number): void => {
    frame = 0;
    shower.step(time, width, height);
    wipe();
    const flights = shower.flights;
    drawn = flights.length > 0;
    const one = now.reduced ? drawGlint : drawFlight;
    for (let i = 0; i < flights.length; i += 1) {
      const flight = flights[i];
      if (flight === undefined) continue;
      if (flight.tier === 'legendary' && !now.reduced) lightUp(flight, time);
      one(above, flight, looks[flight.tier], time, scale);
    }
    if (shower.busy) frame = requestAnimationFrame(draw);
  };

  const clear = (): void => {
    if (frame !== 0) cancelAnimationFrame(frame);
    frame = 0;
    shower.clear();
    wipe();
  };

  return {
    size(nextWidth, nextHeight, nextDensity) {
      width = nextWidth;
      height = nextHeight;
      density = nextDensity;
      paint();
    },
    set(next) {
      const repaint = next.dark !== now.dark;
      if (next.reduced !== now.reduced) clear();
      now = next;
      if (!repaint) return;
      looks = sprites(now.dark ? NIGHT : DAWN);
      paint();
    },
    fall(falling) {
      if (width === 0) return;
      shower.add(falling, performance.now());
      if (frame === 0) frame = requestAnimationFrame(draw);
    },
    clear,
  };
}
