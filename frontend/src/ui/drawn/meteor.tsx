// A meteor: a rock in the glow of its tier, with its crystals, veins of its essence and a tail of fire.
import type { Tier } from '../../api/client';
import { crystal, dots, ellipse, line, type Point, polygon, ring } from './shapes';
import { CRYSTALS, chances, ESSENCES, numberOf, pick, ROCKS, TIER_TONES, type Token, trait } from './token';

/** How much there is of what a tier has more of. */
const RICH: Readonly<Record<Tier, number>> = { legendary: 3, ancient: 2, rare: 1, common: 0 };

const OUTER = 11;
const INNER = 6;

/** The facets of a rock in three shades, by how they lie to the light from the upper left. */
function facets(outer: readonly Point[], inner: readonly Point[]): readonly [string, string, string] {
  const shades: [string, string, string] = ['', '', ''];
  const add = (corners: readonly Point[]) => {
    const x = corners.reduce((sum, point) => sum + point[0], 0) / corners.length;
    const y = corners.reduce((sum, point) => sum + point[1], 0) / corners.length;
    const lit = -(0.66 * x + 0.75 * y) / (Math.hypot(x, y) + 1);
    const wobble = 0.35 * Math.sin(x * 0.9 + y * 1.7);
    const shade = lit + wobble;
    if (shade > 0.35) shades[0] += polygon(corners);
    else if (shade < -0.55) shades[2] += polygon(corners);
    else if (shade < -0.05) shades[1] += polygon(corners);
  };
  const nearest = (point: Point) =>
    inner.reduce((best, other) =>
      Math.hypot(other[0] - point[0], other[1] - point[1]) < Math.hypot(best[0] - point[0], best[1] - point[1])
        ? other
        : best,
    );
  outer.forEach((point, i) => {
    const next = outer[(i + 1) % outer.length] ?? point;
    const a = nearest(point);
    const b = nearest(next);
    add(a === b ? [point, next, a] : [point, next, b, a]);
  });
  return shades;
}

export function Meteor({ token, id }: { token: Token; id: string }) {
  const random = chances(token);
  const rich = RICH[token.tier];
  const [light, air] = TIER_TONES[token.tier];
  const rock = pick(ROCKS, trait(token, 'origin'), ROCKS.orbit ?? ['#ccc', '#777', '#222']);
  const essence = pick(ESSENCES, trait(token, 'essence'), [light, air, air]);
  const radius = 43 + Math.min(9, 2.2 * Math.log2(1 + numberOf(trait(token, 'weight'), 4 + 8 * random())));
  const turn = random() * 6;
  const outer = ring(OUTER, radius, 0.3, random, turn);
  const inner = ring(INNER, radius * 0.56, 0.35, random, turn);
  const shades = facets(outer, inner);

  const craters = Array.from({ length: 4 }, (_, i) => {
    const angle = turn + i * 1.9 + random();
    const far = radius * (0.12 + 0.5 * random());
    const size = radius * (0.07 + 0.12 * random() * (1 - far / radius));
    return { x: far * Math.cos(angle), y: far * Math.sin(angle), size };
  });

  // Crystals grow from the rock's edge, away from where it falls.
  const colours = ['crystal1', 'crystal2', 'crystal3']
    .map((name) => trait(token, name))
    .filter((value) => value !== '');
  const clusters = colours.map((colour, i) => {
    const middle = [-1.15, 0.15, -2.5][i] ?? 0;
    let lit = '';
    let dark = '';
    const count = 2 + Math.min(2, rich);
    for (let k = 0; k < count; k += 1) {
      const angle = middle + (k - (count - 1) / 2) * 0.36 + 0.14 * (random() - 0.5);
      const long = radius * (0.42 + 0.16 * rich * random() + 0.2 * random()) * (k === 1 ? 1.25 : 0.9);
      const [a, b] = crystal(
        radius * 0.7 * Math.cos(angle),
        radius * 0.7 * Math.sin(angle),
        angle,
        long + radius * 0.12,
        radius * 0.2,
      );
      lit += a;
      dark += b;
    }
    return { lit, dark, colour: pick(CRYSTALS, colour, ['#fff', '#999'] as const) };
  });

  // Each vein runs in from the edge and forks once.
  const veins = Array.from({ length: rich }, (_, i) => {
    const angle = turn + i * 2.15 + 0.6;
    const to = (far: number, aside: number): Point => [
      radius * far * Math.cos(angle + aside),
      radius * far * Math.sin(angle + aside),
    ];
    const fork = to(0.58, 0.16 + 0.1 * random());
    return (
      line([to(0.9, 0), to(0.74, -0.1 * random()), fork, to(0.4, 0.02), to(0.2, 0.5 * random())]) +
      line([fork, to(0.5, 0.45), to(0.3, 0.62 + 0.3 * random())])
    );
  }).join('');

  const sparks = Array.from({ length: 5 + 6 * rich }, (): Point => {
    const along = 0.3 + random();
    const aside = (random() - 0.5) * (0.5 + along);
    return [75 * along + 42 * aside, -75 * along + 42 * aside];
  });
  const long = 96 + 14 * rich;
  const wide = radius * 0.9;
  const tail = (share: number, far: number) =>
    `M${-wide * share * 0.7} ${-wide * share * 0.7}Q${far * 0.42 - 16} ${-far * 0.5 - 8} ${far} ${-far}Q${far * 0.5 + 8} ${-far * 0.42 + 16} ${wide * share * 0.7} ${wide * share * 0.7}z`;

  return (
    <g transform="translate(-12 14)">
      <radialGradient id={`${id}g`}>
        <stop offset="0.3" stopColor={light} stopOpacity={0.42 + 0.1 * rich} />
        <stop offset="0.62" stopColor={air} stopOpacity="0.45" />
        <stop offset="1" stopColor={air} stopOpacity="0" />
      </radialGradient>
      <linearGradient id={`${id}t`} gradientUnits="userSpaceOnUse" x1="10" y1="-10" x2={long} y2={-long}>
        <stop offset="0" stopColor={light} stopOpacity={0.6 + 0.12 * rich} />
        <stop offset="1" stopColor={light} stopOpacity="0" />
      </linearGradient>
      <radialGradient id={`${id}r`} cx="0.33" cy="0.28" r="0.85">
        <stop offset="0" stopColor={rock[0]} />
        <stop offset="0.45" stopColor={rock[1]} />
        <stop offset="1" stopColor={rock[2]} />
      </radialGradient>
      <circle r={radius * 1.95} fill={`url(#${id}g)`} />
      <path d={tail(1.1, long)} fill={`url(#${id}t)`} opacity="0.5" />
      <path d={tail(0.6, long * 0.86)} fill={`url(#${id}t)`} />
      <path d={dots(sparks)} stroke={light} strokeWidth="2.2" strokeLinecap="round" opacity="0.85" />
      {clusters.map(({ lit, dark, colour }) => (
        <g key={lit}>
          <path d={lit} fill={colour[0]} />
          <path d={dark} fill={colour[1]} />
        </g>
      ))}
      <path
        d={polygon(outer)}
        fill={`url(#${id}r)`}
        stroke={light}
        strokeOpacity={0.25 + 0.15 * rich}
        strokeWidth="1.4"
      />
      <path d={shades[0]} fill="#fff" opacity="0.15" />
      <path d={shades[1]} fill="#000" opacity="0.16" />
      <path d={shades[2]} fill="#000" opacity="0.34" />
      <path
        d={craters.map(({ x, y, size }) => ellipse(x, y, size, size * 0.82)).join('')}
        fill={rock[2]}
        opacity="0.6"
      />
      <path
        d={craters
          .map(
            ({ x, y, size }) =>
              `M${x + size * 0.9} ${y}A${size} ${size * 0.85} 0 0 1 ${x - size * 0.3} ${y + size * 0.82}`,
          )
          .join('')}
        fill="none"
        stroke={rock[0]}
        strokeWidth="1.6"
        strokeLinecap="round"
        opacity="0.75"
      />
      {veins !== '' && (
        <>
          <path
            d={veins}
            fill="none"
            stroke={essence[1]}
            strokeWidth="4.5"
            strokeLinejoin="round"
            strokeLinecap="round"
            opacity="0.45"
          />
          <path
            d={veins}
            fill="none"
            stroke={essence[0]}
            strokeWidth="1.3"
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        </>
      )}
    </g>
  );
}
