// Dust: a swirl of particles in the colours of its essence and tier, and the gems that are in it.
import { dots, gem, type Point } from './shapes';
import { chances, ESSENCES, GEMS, pick, TIER_TONES, type Token, trait } from './token';

const VOLUMES: Readonly<Record<string, number>> = { pinch: 110, quarter: 160, half: 210, full: 270 };

const FLAT = 0.56;
const ARMS = 2;

/** A place on an arm of the swirl, seen from a slant. */
function swirl(along: number, arm: number, turn: number, aside: number): Point {
  const angle = turn + (arm / ARMS) * 2 * Math.PI + along * 4.6;
  const far = 7 + 74 * along ** 0.85 + aside;
  return [far * Math.cos(angle), far * Math.sin(angle) * FLAT];
}

export function Dust({ token, id }: { token: Token; id: string }) {
  const random = chances(token);
  const [light, air] = TIER_TONES[token.tier];
  const tones = pick(ESSENCES, trait(token, 'essence'), [light, air, '#111']);
  const turn = random() * 6;
  const tilt = -30 + 22 * random();
  const count = pick(VOLUMES, trait(token, 'dust volume'), 180);

  const heaps: [Point[], Point[], Point[]] = [[], [], []];
  for (let i = 0; i < count; i += 1) {
    const along = random() ** 0.8;
    const point = swirl(along, i % ARMS, turn, (random() + random() + random() - 1.5) * (10 + 18 * along));
    (heaps[i % 3] ?? heaps[0]).push(point);
  }
  const arms = Array.from({ length: ARMS }, (_, arm) => {
    const points = Array.from({ length: 15 }, (_, i) => swirl(i / 14, arm, turn, 0));
    return `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
  }).join('');
  const gems = ['ancient gem', 'rare gem', 'common gem']
    .map((name) => trait(token, name))
    .filter((value) => value !== '' && value !== 'none')
    .map((value, i) => {
      const [x, y] = swirl(0.42 + 0.2 * i, i % ARMS, turn + 0.4, 0);
      return { shape: gem(x, y, 11 - 1.5 * i), colour: pick(GEMS, value, ['#fff', '#999'] as const) };
    });

  return (
    <>
      <radialGradient id={`${id}g`}>
        <stop offset="0" stopColor={light} stopOpacity="0.5" />
        <stop offset="0.5" stopColor={air} stopOpacity="0.5" />
        <stop offset="1" stopColor={air} stopOpacity="0" />
      </radialGradient>
      <radialGradient id={`${id}c`}>
        <stop offset="0" stopColor="#fff" />
        <stop offset="0.25" stopColor={tones[0]} stopOpacity="0.85" />
        <stop offset="1" stopColor={tones[1]} stopOpacity="0" />
      </radialGradient>
      <g transform={`rotate(${tilt.toFixed(1)})`} strokeLinecap="round" strokeLinejoin="round" fill="none">
        <ellipse rx="96" ry="62" fill={`url(#${id}g)`} />
        {[38, 30, 22, 15, 9].map((width) => (
          <path key={width} d={arms} stroke={width > 20 ? tones[1] : tones[0]} strokeWidth={width} opacity="0.055" />
        ))}
        <path d={dots(heaps[0])} stroke={tones[1]} strokeWidth="3.6" opacity="0.8" />
        <path d={dots(heaps[1])} stroke={tones[0]} strokeWidth="2.2" />
        <path d={dots(heaps[2])} stroke={light} strokeWidth="1.3" />
        <ellipse rx="38" ry="26" fill={`url(#${id}c)`} />
        {gems.map(({ shape, colour }) => (
          <g key={shape[0]} stroke="#fff" strokeWidth="0.7" strokeOpacity="0.7">
            <path d={shape[0]} fill={colour[0]} />
            <path d={shape[1]} fill={colour[1]} />
          </g>
        ))}
      </g>
    </>
  );
}
