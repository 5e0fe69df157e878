// What bench/sky.ts measures runs here: the sky, and contributions at will.
import type { Falling } from '../src/sky/falling';
import { stream } from '../src/sky/random';
import { startSky } from '../src/sky/start';

const MIX: readonly Falling['tier'][] = [
  'legendary',
  'ancient',
  'rare',
  'rare',
  'rare',
  'common',
  'common',
  'common',
  'common',
  'common',
  'common',
  'common',
];

const box = document.querySelector<HTMLElement>('.sky');
if (box === null) throw new Error('the page has no sky');
const sky = startSky(box, {
  reduced: matchMedia('(prefers-reduced-motion: reduce)').matches,
  dark: matchMedia('(prefers-color-scheme: dark)').matches,
});
const random = stream(1);
let next = 0;

/** So many contributions in one block. */
function rain(count: number): void {
  for (let i = 0; i < count; i += 1) {
    sky.fall({ tier: MIX[next % MIX.length] ?? 'common', brightness: 0.15 + 0.85 * random() });
    next += 1;
  }
}

let flood: ReturnType<typeof setInterval> | undefined;

Object.assign(window, {
  bench: {
    rain,
    /** Keeps as many in the air as may be. */
    flood(on: boolean) {
      clearInterval(flood);
      if (!on) return;
      rain(40);
      flood = setInterval(() => rain(8), 800);
    },
  },
});
