// Something to know or to do, said in place.
import type { ReactNode } from 'react';

export type Kind = 'info' | 'good' | 'warn' | 'bad';

/** `live` announces it to screen readers when it appears. */
export function Notice({
  kind = 'info',
  title,
  live = false,
  children,
}: {
  kind?: Kind;
  title?: string;
  live?: boolean;
  children?: ReactNode;
}) {
  const role = live ? (kind === 'bad' ? 'alert' : 'status') : undefined;
  return (
    <div className={`notice ${kind}`} role={role}>
      {title && <strong>{title}</strong>}
      {children}
    </div>
  );
}
