// Runs the sky: a layer that stands still, painted once, and a layer for meteors, drawn only while one falls.
import { drawFlight, drawGlint } from './draw';
import type { Falling } from './falling';
import type { Flight } from './flight';
import { paintSky, sheet } from './paint';
import { css, DAWN, NIGHT } from './palette';
import { stream } from './random';
import { Shower } from './shower';
import { sprites } from './sprites';

/** What the visitor's device asks for. */
export interface SkyOptions {
  /** Less motion: meteors are still glints. */
  reduced: boolean;
  /** Night instead of dawn. */
  dark: boolean;
}

/** A sky that runs. */
export interface RunningSky {
  fall(falling: Falling): void;
  set(options: SkyOptions): void;
  stop(): void;
}

/** More pixels than this per CSS pixel cost time and show nothing: there are no letters in the sky. */
const RATIO = 1.5;

/** The most pixels of a layer. */
const PIXELS = 2_600_000;

/** Time after the last change of size before the sky is painted again (milliseconds). */
const SETTLED = 160;

/**
 * Starts the sky on a canvas that fills its parent. Adds the still layer and a flash behind and before it.
 * Costs nothing while no meteor falls or the page is hidden.
 */
export function startSky(canvas: HTMLCanvasElement, options: SkyOptions): RunningSky {
  const on = canvas.getContext('2d');
  if (on === null) return { fall: () => undefined, set: () => undefined, stop: () => undefined };

  const still = sheet(1, 1);
  still.canvas.className = 'sky-still';
  canvas.before(still.canvas);
  const flash = document.createElement('canvas');
  flash.className = 'sky-flash';
  canvas.before(flash);

  const shower = new Shower(stream(Date.now()));
  let now = options;
  let palette = now.dark ? NIGHT : DAWN;
  let looks = sprites(palette);
  let width = 0;
  let height = 0;
  let ratio = 1;
  let frame = 0;
  let drawn = false;

  const paint = (): void => {
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    if (width === 0 || height === 0) return;
    ratio = Math.min(RATIO, window.devicePixelRatio || 1, Math.sqrt(PIXELS / (width * height)));
    for (const layer of [still.canvas, canvas]) {
      layer.width = Math.round(width * ratio);
      layer.height = Math.round(height * ratio);
    }
    still.on.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintSky(still.on, width, height, palette);
    still.canvas.dataset.painted = now.dark ? 'night' : 'dawn';
  };

  const lightUp = (flight: Flight): void => {
    if (flight.tier !== 'legendary' || now.reduced) return;
    flash.style.left = `${flight.x + flight.dx * flight.path * 0.7}px`;
    flash.style.top = `${flight.y + flight.dy * flight.path * 0.7}px`;
    const most = (now.dark ? 0.34 : 0.5) * flight.light;
    flash.animate(
      [{ opacity: 0 }, { opacity: most * 0.35, offset: 0.35 }, { opacity: most, offset: 0.5 }, { opacity: 0 }],
      { duration: flight.lasts * 1.55, easing: 'ease-out' },
    );
  };

  const draw = (time: number): void => {
    frame = 0;
    shower.step(time, width, height, lightUp);
    if (drawn) {
      on.setTransform(1, 0, 0, 1, 0, 0);
      on.clearRect(0, 0, canvas.width, canvas.height);
    }
    const flights = shower.flights;
    drawn = flights.length > 0;
    const one = now.reduced ? drawGlint : drawFlight;
    for (let i = 0; i < flights.length; i += 1) {
      const flight = flights[i];
      if (flight !== undefined) one(on, flight, looks[flight.tier], time, ratio);
    }
    if (shower.busy) frame = requestAnimationFrame(draw);
  };

  const halt = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    shower.clear();
    on.setTransform(1, 0, 0, 1, 0, 0);
    on.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  };
  const seen = (): void => {
    if (document.hidden) halt();
  };
  document.addEventListener('visibilitychange', seen);

  let settling = 0;
  const sized = new ResizeObserver(() => {
    if (width === 0) return paint();
    if (canvas.clientWidth === width && canvas.clientHeight === height) return;
    clearTimeout(settling);
    settling = window.setTimeout(paint, SETTLED);
  });
  sized.observe(canvas);
  paintFlash(flash);

  return {
    fall(falling) {
      if (document.hidden || width === 0) return;
      shower.add(falling, performance.now());
      if (frame === 0) frame = requestAnimationFrame(draw);
    },
    set(next) {
      const repaint = next.dark !== now.dark;
      if (next.reduced !== now.reduced) halt();
      now = next;
      if (!repaint) return;
      palette = now.dark ? NIGHT : DAWN;
      looks = sprites(palette);
      paint();
    },
    stop() {
      halt();
      clearTimeout(settling);
      sized.disconnect();
      document.removeEventListener('visibilitychange', seen);
      still.canvas.remove();
      flash.remove();
    },
  };
}

/** A small soft light, drawn large by the compositor: a bright meteor costs no frame of ours. */
function paintFlash(flash: HTMLCanvasElement): void {
  flash.width = 64;
  flash.height = 64;
  const on = flash.getContext('2d');
  if (on === null) return;
  const light = on.createRadialGradient(32, 32, 0, 32, 32, 32);
  light.addColorStop(0, css([255, 240, 210]));
  light.addColorStop(0.25, css([255, 222, 176], 0.62));
  light.addColorStop(0.6, css([214, 160, 190], 0.2));
  light.addColorStop(1, css([150, 140, 220], 0));
  on.fillStyle = light;
  on.fillRect(0, 0, 64, 64);
}
