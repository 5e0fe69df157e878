// A picture of a cave: the mouth of the rock, eggs in the dark, and their light.
import { useId } from 'react';

const EGG = 'M0-34c13 0 24 22 24 38a24 24 0 0 1-48 0c0-16 11-38 24-38z';

export function Mouth() {
  const id = useId();
  const egg = (x: number, y: number, size: number, tier: string, lean: number) => (
    <g transform={`translate(${x} ${y}) rotate(${lean}) scale(${size})`} className={tier}>
      <circle r="74" fill={`url(#${id}${tier})`} />
      <path d={EGG} fill="var(--tier)" opacity="0.92" />
      <path d={EGG} fill={`url(#${id}shade)`} />
      <path d="M-14-2l9-8 8 8 8-8 6 5" fill="none" stroke="#0b0d1e" strokeOpacity="0.35" strokeWidth="3" />
    </g>
  );
  return (
    <svg className="mouth" viewBox="0 0 480 260" aria-hidden="true">
      <defs>
        <linearGradient id={`${id}rock`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#3b4272" />
          <stop offset="1" stopColor="#151a38" />
        </linearGradient>
        <radialGradient id={`${id}deep`} cx="0.5" cy="0.9" r="0.8">
          <stop offset="0" stopColor="#2a2350" />
          <stop offset="1" stopColor="#05071a" />
        </radialGradient>
        <radialGradient id={`${id}shade`} cx="0.35" cy="0.3" r="0.8">
          <stop offset="0" stopColor="#fff" stopOpacity="0.55" />
          <stop offset="0.5" stopColor="#fff" stopOpacity="0" />
          <stop offset="1" stopColor="#000" stopOpacity="0.45" />
        </radialGradient>
        {['legendary', 'ancient', 'rare'].map((tier) => (
          <radialGradient key={tier} id={`${id}${tier}`} className={tier}>
            <stop offset="0" stopColor="var(--tier)" stopOpacity="0.5" />
            <stop offset="1" stopColor="var(--tier)" stopOpacity="0" />
          </radialGradient>
        ))}
      </defs>
      <path
        fill={`url(#${id}rock)`}
        d="M0 260 18 196 52 176 74 112 118 92 142 44 196 34 232 8 290 26 338 22 372 74 414 96 428 158 462 186 480 260z"
      />
      <path
        fill="#fff"
        opacity="0.07"
        d="M18 196 52 176 74 112 60 190zM118 92 142 44 196 34 150 70zM232 8 290 26 262 40zM338 22 372 74 348 60z"
      />
      <path
        fill={`url(#${id}deep)`}
        d="M84 260 96 200 126 178 138 130 178 104 214 74 262 82 304 86 330 124 366 150 372 200 396 224 402 260z"
      />
      <path
        fill="#fff"
        opacity="0.5"
        d="M150 150h2v2h-2zM330 160h2v2h-2zM210 110h2v2h-2zM282 118h1.500v1.500h-1.500z"
      />
      {egg(186, 226, 0.62, 'rare', -12)}
      {egg(306, 228, 0.56, 'ancient', 10)}
      {egg(246, 208, 0.98, 'legendary', 3)}
      <path fill="#0b0e24" d="M0 260l84-14 70 6 90-4 96 6 80-8 60 14z" />
    </svg>
  );
}
