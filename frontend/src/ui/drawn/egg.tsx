// An egg: its essence gives the colour, its family the pattern of the shell, its rune the sign on it.
import type { ReactNode } from 'react';
import { seedOf } from '../../sky/random';
import { dots, line, type Point, polygon } from './shapes';
import { chances, ESSENCES, pick, TIER_TONES, type Token, trait } from './token';

const TOP = -66;
const BOTTOM = 62;

/** Half the width of the egg at a height. */
function half(y: number): number {
  const share = Math.min(1, Math.max(0, (y - TOP) / (BOTTOM - TOP)));
  return 104 * Math.sqrt(share * (1 - share)) * (0.8 + 0.34 * share);
}

/** A point of the shell: `around` from -1 (left edge) to 1 (right edge), seen from the front. */
function on(around: number, y: number): Point {
  return [half(y) * Math.sin((around * Math.PI) / 2), y];
}

const OUTLINE = (() => {
  const left: Point[] = [];
  const right: Point[] = [];
  for (let i = 0; i <= 24; i += 1) {
    const y = TOP + (BOTTOM - TOP) * (0.5 - 0.5 * Math.cos((i / 24) * Math.PI));
    left.push([-half(y), y]);
    right.unshift([half(y), y]);
  }
  return polygon([...left, ...right]);
})();

/** Scales in rows, each overlapping the one below. */
function scales(): string {
  let path = '';
  for (let row = 0; row < 9; row += 1) {
    const y = TOP + 16 + row * 13;
    for (let k = -4; k <= 4; k += 1) {
      const middle = k * 0.27 + (row % 2 === 0 ? 0 : 0.135);
      if (Math.abs(middle) > 0.95) continue;
      const [ax, ay] = on(Math.max(-1, middle - 0.135), y);
      const [bx, by] = on(middle, y + 14);
      const [cx, cy] = on(Math.min(1, middle + 0.135), y);
      path += `M${ax.toFixed(1)} ${ay}Q${((ax + bx) / 2 - 1).toFixed(1)} ${by} ${bx.toFixed(1)} ${by}Q${((cx + bx) / 2 + 1).toFixed(1)} ${by} ${cx.toFixed(1)} ${cy}`;
    }
  }
  return path;
}

/** Waves around the shell. */
function waves(phase: number): string {
  let path = '';
  for (let row = 0; row < 7; row += 1) {
    const y = TOP + 20 + row * 16;
    path += line(
      Array.from({ length: 25 }, (_, i): Point => {
        const around = (i / 24) * 2 - 1;
        return on(around, y + 4.5 * Math.sin(around * 9 + row * 1.3 + phase) + 4 * (1 - around * around));
      }),
    );
  }
  return path;
}

/** Plates: a net of lozenges around the shell. */
function plates(): string {
  let path = '';
  for (let k = -6; k <= 6; k += 1) {
    for (const lean of [-1, 1]) {
      const points: Point[] = [];
      for (let i = 0; i <= 16; i += 1) {
        const y = TOP + 4 + ((BOTTOM - TOP - 8) * i) / 16;
        const around = k * 0.29 + lean * ((i / 16) * 0.9 - 0.45);
        if (Math.abs(around) <= 1) points.push(on(around, y));
      }
      if (points.length > 1) path += line(points);
    }
  }
  return path;
}

/** Speckles, some large. */
function speckles(random: () => number, count: number): string {
  return dots(
    Array.from(
      { length: count },
      (): Point => on((random() * 2 - 1) * 0.93, TOP + 10 + random() * (BOTTOM - TOP - 20)),
    ),
  );
}

// The runes that the shipped collections name, drawn in a box of 20 by 30 around the middle.
const RUNES: Readonly<Record<string, string>> = {
  ansuz: 'M-6-15v30M-6-15l14 8M-6-5l14 8',
  berkano: 'M-6-15v30M-6-15l12 7.5-12 7.5 12 7.5-12 7.5',
  dagaz: 'M-9-13v26l18-26v26z',
  ehwaz: 'M-9 15v-28l9 9 9-9v28',
  fehu: 'M-5-15v30M-5-2 8-12M-5 7 8-3',
  gebo: 'M-10-14 10 14M10-14-10 14',
  hagalaz: 'M-8-15v30M8-15v30M-8-4 8 6',
  isa: 'M0-15v30',
};

const MOONS: Readonly<Record<string, string>> = {
  sao: '#f4e3c2',
  phobos: '#e0a184',
  deimos: '#b9c4dd',
  galatea: '#a5dccf',
};

export function Egg({ token, id }: { token: Token; id: string }) {
  const random = chances(token);
  const [light, air] = TIER_TONES[token.tier];
  const tones = pick(ESSENCES, trait(token, 'essence'), [light, air, '#111']);
  const moon = pick(MOONS, trait(token, 'affecting moon'), '');
  const rune = pick(RUNES, trait(token, 'rune'), '');
  const lean = (random() - 0.5) * 16;
  const phase = random() * 6;
  const pattern = ['oquania', 'ferruga', 'sylvestra', 'noctis'].findIndex((name) =>
    trait(token, 'family').includes(name),
  );
  const shells: readonly ReactNode[] = [
    <path key="w" d={waves(phase)} fill="none" stroke={tones[0]} strokeWidth="3" strokeLinecap="round" opacity="0.5" />,
    <path key="p" d={plates()} fill="none" stroke={tones[2]} strokeWidth="1.8" opacity="0.55" />,
    <path key="s" d={speckles(random, 46)} stroke={tones[2]} strokeWidth="5" strokeLinecap="round" opacity="0.5" />,
    <path
      key="c"
      d={scales()}
      fill={tones[2]}
      fillOpacity="0.13"
      stroke={tones[2]}
      strokeWidth="1.5"
      strokeOpacity="0.6"
    />,
  ];
  const which = pattern >= 0 ? pattern : seedOf(trait(token, 'family') || token.token_id) % shells.length;
  const rings = { legendary: 3, ancient: 2, rare: 1, common: 0 }[token.tier];
  const motes = Array.from({ length: 6 + 7 * rings }, (): Point => {
    const angle = random() * 2 * Math.PI;
    const far = 68 + 24 * random();
    return [far * Math.cos(angle), far * Math.sin(angle) * 0.95 - 4];
  });

  return (
    <>
      <radialGradient id={`${id}g`}>
        <stop offset="0.4" stopColor={light} stopOpacity={0.38 + 0.1 * rings} />
        <stop offset="1" stopColor={air} stopOpacity="0" />
      </radialGradient>
      <radialGradient id={`${id}e`} cx="0.36" cy="0.3" r="0.82">
        <stop offset="0" stopColor={tones[0]} />
        <stop offset="0.5" stopColor={tones[1]} />
        <stop offset="1" stopColor={tones[2]} />
      </radialGradient>
      <radialGradient id={`${id}h`}>
        <stop offset="0" stopColor="#fff" stopOpacity="0.8" />
        <stop offset="1" stopColor="#fff" stopOpacity="0" />
      </radialGradient>
      {moon !== '' && <path fill={moon} d="M76-82a13 13 0 1 0 8 19a11 11 0 0 1-8-19z" />}
      <circle r="94" fill={`url(#${id}g)`} />
      {Array.from({ length: rings }, (_, i) => (
        <ellipse
          // biome-ignore lint/suspicious/noArrayIndexKey: rings have no other name and never change
          key={i}
          cy="10"
          rx={82 - i * 3}
          ry={20 + i * 9}
          fill="none"
          stroke={light}
          strokeWidth="1.3"
          opacity={0.55 - 0.1 * i}
          transform={`rotate(${-18 + i * 16})`}
        />
      ))}
      <path d={dots(motes)} stroke={light} strokeWidth="2" strokeLinecap="round" opacity="0.8" />
      <ellipse cy="70" rx="48" ry="9" fill="#000" opacity="0.45" />
      <g transform={`rotate(${lean.toFixed(1)} 0 62)`}>
        <path d={OUTLINE} fill={`url(#${id}e)`} />
        {shells[which]}
        {rune !== '' && (
          <g transform="translate(0 8)" fill="none" strokeLinecap="round" strokeLinejoin="round">
            <path d={rune} stroke={tones[2]} strokeWidth="8" opacity="0.55" />
            <path d={rune} stroke={light} strokeWidth="3.2" />
          </g>
        )}
        <path d={OUTLINE} fill="none" stroke={light} strokeWidth="1.2" opacity="0.5" />
        <ellipse cx="-20" cy="-30" rx="15" ry="24" fill={`url(#${id}h)`} transform="rotate(24 -20 -30)" />
      </g>
    </>
  );
}
