// The mark of the page: a meteor that falls in once, when the page opens.
import { useId } from 'react';
import './mark.css';

export function MeteorMark() {
  const id = useId();
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <linearGradient id={id} x1="28" y1="3" x2="11" y2="21" gradientUnits="userSpaceOnUse">
        <stop offset="0" stopColor="var(--fire)" stopOpacity="0" />
        <stop offset="0.5" stopColor="var(--fire)" stopOpacity="0.75" />
        <stop offset="1" stopColor="var(--ember)" />
      </linearGradient>
      <g className="mark-fall">
        <path className="mark-tail" fill={`url(#${id})`} d="M29.5 2.5 14.4 24.400a5.7 5.7 0 0 1-8.9-7.100z" />
        <circle cx="9.9" cy="20.9" r="5.6" fill="var(--ember)" />
        <circle cx="9" cy="19.9" r="2.9" fill="#fff" opacity="0.75" />
      </g>
      <path className="mark-sparks" d="M22.5 19.500h.01M4.5 8.500h.01M15 29h.01M13 4.500h.01" />
    </svg>
  );
}
