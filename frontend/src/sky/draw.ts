// Draws a meteor as it is at one moment. Runs at every frame: no allocation, no gradient, no shadow.
import { afterglow, type Flight, fallen, shine } from './flight';
import type { Pencil } from './paint';
import type { Sprites } from './sprites';

/** How long a spark lives (milliseconds). */
const SPARK = 620;

/** Time of a still glint, for those who asked for less motion (milliseconds). */
const GLINT = 1400;

/** Draws a falling meteor, its trail and its sparks. `ratio` is canvas pixels per CSS pixel. */
export function drawFlight(on: Pencil, flight: Flight, look: Sprites, now: number, ratio: number): void {
  const age = now - flight.at;
  const share = Math.min(1, age / flight.lasts);
  const gone = flight.path * fallen(share);
  const { dx, dy, head } = flight;
  // From here on, x is along the path and y across it; 0 is where the head is.
  on.setTransform(
    ratio * dx,
    ratio * dy,
    -ratio * dy,
    ratio * dx,
    ratio * (flight.x + dx * gone),
    ratio * (flight.y + dy * gone),
  );
  const glow = afterglow(flight, age - flight.lasts);
  if (glow > 0.01) {
    const wide = head * (0.9 + 0.8 * (1 - glow));
    on.globalAlpha = 0.5 * flight.light * glow * Math.min(1, share * 4);
    on.drawImage(look.trail, -gone, -wide / 2, gone, wide);
  }
  const light = flight.light * shine(share);
  if (light > 0.01) {
    const long = Math.min(gone, flight.tail);
    const wide = head * 3.4;
    on.globalAlpha = light;
    on.drawImage(look.tail, -long, -wide / 2, long, wide);
    const size = head * (5.4 + 2.6 * light);
    on.drawImage(look.head, -size / 2, -size / 2, size, size);
  }
  drawSparks(on, flight, look, age, gone);
}

function drawSparks(on: Pencil, flight: Flight, look: Sprites, age: number, gone: number): void {
  for (let i = 1; i <= flight.sparks; i += 1) {
    const chance = (flight.seed * 97 * i) % 1;
    const born = 0.3 + 0.55 * ((i - chance * 0.8) / flight.sparks);
    const life = (age - born * flight.lasts) / SPARK;
    if (life <= 0 || life >= 1) continue;
    // It keeps some of the meteor's speed, is slowed by the air, and drifts to one side.
    const drift = 1 - (1 - life) ** 3;
    const along = flight.path * (fallen(born) + (0.06 + 0.1 * chance) * drift) - gone;
    const side = (i % 2 === 0 ? 1 : -1) * flight.head * (0.9 + 3.6 * chance) * drift;
    const size = flight.head * (1.15 - 0.5 * chance) * (1 - 0.5 * life);
    on.globalAlpha = flight.light * (1 - life) * 0.95;
    on.drawImage(look.spark, along - size / 2, side - size / 2, size, size);
  }
}

/** Draws a streak that doesn't move: it appears softly and goes. */
export function drawGlint(on: Pencil, flight: Flight, look: Sprites, now: number, ratio: number): void {
  const share = (now - flight.at) / GLINT;
  if (share <= 0 || share >= 1) return;
  const { dx, dy, tail, head } = flight;
  const at = flight.path * 0.75;
  on.setTransform(
    ratio * dx,
    ratio * dy,
    -ratio * dy,
    ratio * dx,
    ratio * (flight.x + dx * at),
    ratio * (flight.y + dy * at),
  );
  on.globalAlpha = 0.75 * flight.light * Math.sin(Math.PI * share) ** 2;
  on.drawImage(look.tail, -tail, -head * 1.3, tail, head * 2.6);
  on.drawImage(look.head, -head * 2.5, -head * 2.5, head * 5, head * 5);
}
