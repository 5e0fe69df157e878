// The verdict, large and on top: what a check came to, or how far it is. It keeps its place, whatever it says.
import type { ReactNode } from 'react';
import { fairnessText } from '../../strings/fairness';

export type Tone = 'idle' | 'busy' | 'good' | 'open' | 'bad';

export interface Said {
  tone: Tone;
  title: string;
  text: string;
}

export function VerdictBox({
  said,
  progress,
  children,
}: {
  said: Said;
  /** From 0 to 1 while it is busy. */
  progress: number;
  children?: ReactNode;
}) {
  const done = said.tone !== 'idle' && said.tone !== 'busy';
  return (
    <div className="verdict" data-tone={said.tone}>
      <Seal tone={said.tone} />
      <h2>{said.title}</h2>
      <div className="verdict-text stack tight">
        <p>{said.text}</p>
        {children}
      </div>
      {said.tone === 'busy' && <progress value={progress} max={1} aria-label={fairnessText.progress} />}
      {/* Said once, when there is something to say. */}
      <p className="hide" role="status">
        {done ? `${said.title}. ${said.text}` : ''}
      </p>
    </div>
  );
}

const MARKS: Record<Tone, string> = {
  idle: 'M24 40h32',
  busy: '',
  good: 'M26 41.500 36 51l19-21.500',
  open: 'M40 25v17l10 6',
  bad: 'M29 29l22 22M51 29 29 51',
};

/** A seal of three rings, as many as the strands that meet in a draw. */
function Seal({ tone }: { tone: Tone }) {
  return (
    <svg className="seal" viewBox="0 0 80 80" aria-hidden="true">
      <circle className="seal-rays" cx="40" cy="40" r="36" />
      <circle className="seal-ring" cx="40" cy="40" r="29" />
      <path className="seal-mark" d={MARKS[tone]} />
    </svg>
  );
}
