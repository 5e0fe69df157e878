// Something to know or to do, said in place.
import type { ReactNode } from 'react';

export type Kind = 'info' | 'good' | 'warn' | 'bad';

/** `live` announces it to screen readers when it appears. A `toast` stands over the page. */
interface Props {
  kind?: Kind;
  title?: string;
  live?: boolean;
  toast?: boolean;
  children?: ReactNode;
}

export function Notice({ kind = 'info', title, live = false, toast = false, children }: Props) {
  const role = live ? (kind === 'bad' ? 'alert' : 'status') : undefined;
  return (
    <div className={`notice ${kind} ${toast ? 'toast' : ''}`} role={role}>
      {title && <strong>{title}</strong>}
      {children}
    </div>
  );
}
