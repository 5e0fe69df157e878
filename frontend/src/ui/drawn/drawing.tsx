// The drawing of a token: what is seen until its image loads, and for ever if it has none.
import { memo, useId } from 'react';
import { Dust } from './dust';
import { Egg } from './egg';
import { Meteor } from './meteor';
import { dots, type Point } from './shapes';
import { chances, TIER_TONES, type Token } from './token';

const KINDS: Readonly<Record<string, typeof Meteor>> = { meteors: Meteor, eggs: Egg, dust: Dust };

function Drawing({ token }: { token: Token }) {
  const id = useId();
  const random = chances(token);
  const [, air, dark] = TIER_TONES[token.tier];
  const Kind = KINDS[token.collection] ?? Meteor;
  const stars = Array.from({ length: 22 }, (): Point => [random() * 196 - 98, random() * 196 - 98]);
  return (
    <svg viewBox="-100 -100 200 200" aria-hidden="true">
      <radialGradient id={`${id}b`} cx="0.62" cy="0.34" r="0.85">
        <stop offset="0" stopColor={air} stopOpacity="0.75" />
        <stop offset="1" stopColor={dark} />
      </radialGradient>
      <path d="M-100-100h200v200h-200z" fill={dark} />
      <path d="M-100-100h200v200h-200z" fill={`url(#${id}b)`} />
      <path d={dots(stars)} stroke="#fff" strokeWidth="1.4" strokeLinecap="round" opacity="0.6" />
      <Kind token={token} id={id} />
    </svg>
  );
}

const same = (a: { token: Token }, b: { token: Token }) =>
  a.token.collection === b.token.collection && a.token.token_id === b.token.token_id && a.token.tier === b.token.tier;

/** A token never changes its traits, so it is drawn once. */
export const TokenDrawing = memo(Drawing, same);
