// The picture: three strands that meet in the draw, step by step, with who knows what. Its text is text, so that it can
// be read at any size; each step's strands stretch to it.
import type { ReactNode } from 'react';
import { fairnessText } from '../../strings/fairness';

/** Where the strands run, from one step's middle to the next one's, in a box of 80 by 100 that stretches. */
const KEY = 18;
const LOG = 40;
const NUMBER = 62;
const meet = (from: number) => `M${from} 0C${from} 55 ${LOG} 45 ${LOG} 100`;
const down = (x: number) => `M${x} 0V100`;

type Strand = 'key' | 'log' | 'number' | 'seal';
const STRANDS: readonly (readonly [Strand, string, ('faint' | 'hidden')?])[][] = [
  [
    ['key', down(KEY), 'hidden'],
    ['number', down(NUMBER), 'faint'],
  ],
  [
    ['key', down(KEY), 'hidden'],
    ['log', down(LOG)],
    ['number', down(NUMBER), 'faint'],
  ],
  [
    ['key', meet(KEY), 'hidden'],
    ['key', down(KEY), 'hidden'],
    ['log', down(LOG)],
    ['number', meet(NUMBER)],
  ],
  [
    ['key', down(KEY), 'hidden'],
    ['seal', down(LOG)],
  ],
  [
    ['key', down(KEY), 'hidden'],
    ['seal', down(LOG)],
  ],
  [
    ['key', meet(KEY), 'hidden'],
    ['seal', down(LOG)],
  ],
];

/** What stands in each step's medal, and on which strand. */
const MEDALS: readonly { on: Strand; x: number; glyph: ReactNode }[] = [
  {
    on: 'key',
    x: KEY,
    glyph: <path d="M9.5 14.5a4 4 0 1 1 .1-5.200l8.900-.1v3.300h-2v-1.500M13.500 12.500v-1.500M6.600 12h.01" />,
  },
  { on: 'log', x: LOG, glyph: <path d="M8 7h10M8 12h10M8 17h6M4.500 7h.01M4.500 12h.01M4.500 17h.01" /> },
  {
    on: 'number',
    x: NUMBER,
    glyph: <path d="m12 3 2.200 6.200L20.500 12l-6.300 2.800L12 21l-2.200-6.200L3.500 12l6.300-2.800z" />,
  },
  {
    on: 'seal',
    x: LOG,
    glyph: <path d="M4 5c4 0 4 7 8 7s4-7 8-7M12 4v16M9 17l3 3 3-3" />,
  },
  {
    on: 'seal',
    x: LOG,
    glyph: <path d="M12 4v4M12 8 7 13M12 8l5 5M7 13l-2.500 5M7 13l2.500 5M17 13l-2.500 5M17 13l2.500 5" />,
  },
  {
    on: 'seal',
    x: LOG,
    glyph: (
      <path d="M12 3c3.500 0 6.500 5.500 6.500 10a6.500 6.500 0 0 1-13 0C5.500 8.500 8.500 3 12 3M5.700 11.500l3.300 2 2.500-2.500 2.500 3 4.300-2.500" />
    ),
  },
  {
    on: 'key',
    x: LOG,
    glyph: (
      <path d="M2.500 12S6 6 12 6s9.500 6 9.500 6-3.500 6-9.500 6-9.500-6-9.500-6M12 14.700a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400" />
    ),
  },
];

export function How() {
  return (
    <section className="card stack how" aria-labelledby="how">
      <h2 id="how">{fairnessText.how.title}</h2>
      <p className="quiet">{fairnessText.how.lead}</p>
      <ul className="how-key small quiet" aria-label={fairnessText.how.picture}>
        {(['key', 'log', 'number'] as const).map((strand) => (
          <li key={strand} data-strand={strand}>
            {fairnessText.how.strands[strand]}
          </li>
        ))}
      </ul>
      <ol>
        {fairnessText.how.steps.map(({ title, text, who, knows }, at) => (
          <li key={title}>
            <Rail at={at} />
            <div className="stack tight">
              <h3>{title}</h3>
              <p>{text}</p>
              <p className="who small" data-knows={knows}>
                {who}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Rail({ at }: { at: number }) {
  const medal = MEDALS[at];
  return (
    <div className="rail" aria-hidden="true">
      <svg aria-hidden="true" className="strands" viewBox="0 0 80 100" preserveAspectRatio="none">
        {(STRANDS[at] ?? []).map(([strand, path, how]) => (
          <path key={strand + path} d={path} data-strand={strand} data-how={how} vectorEffect="non-scaling-stroke" />
        ))}
      </svg>
      {medal && (
        <svg aria-hidden="true" className="medal" viewBox="0 0 80 40" data-strand={medal.on}>
          <circle cx={medal.x} cy="20" r="17" />
          <g transform={`translate(${medal.x - 12} 8)`}>{medal.glyph}</g>
        </svg>
      )}
    </div>
  );
}
