// Icons of the pages, drawn with the current colour.
import type { ReactNode } from 'react';

const icon = (children: ReactNode) => (
  <svg
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

export const TAB_ICONS = {
  '': icon(
    <>
      <circle cx="16" cy="15.5" r="4.5" />
      <path d="M12.6 12.1 4 4M17 8.5 12 4M9 16.5 4.5 12.5" />
    </>,
  ),
  telescope: icon(
    <path d="m4 12.5 11-6 3 5-11 6zM15 6.500l3-1.500 2.500 4.500-2.500 2M10.500 15 8 21M12 14.500l4 6.500" />,
  ),
  cave: icon(
    <path d="M2.500 20c1-8 4-15 9.500-15s8.500 7 9.500 15zM8.500 20c0-4 1-7.500 3.500-7.500s3.500 3.500 3.500 7.500" />,
  ),
  fairness: icon(<path d="M12 4v16M7 20h10M5 7.500h14M5 7.500 2.500 13.500h5zM19 7.500l-2.500 6h5z" />),
  help: icon(
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.500 9.500c0-1.500 1-2.500 2.500-2.500s2.500 1 2.500 2.300c0 1.700-2.500 2-2.500 4M12 17v.01" />
    </>,
  ),
};
