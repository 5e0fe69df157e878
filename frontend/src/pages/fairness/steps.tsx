// The steps of a check, all of them from the beginning, so that nothing moves when they come in one by one.
import { useEffect, useState } from 'react';
import type { Step, StepName } from '../../fairness/types';
import { fairnessText } from '../../strings/fairness';

/** Milliseconds from one step to the next. */
const BEAT = 90;

/** Counts up to `ready`, a beat at a time; at once for who wants no motion. */
export function useOneByOne(ready: number): number {
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (shown === ready) return;
    const still = shown > ready || matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setTimeout(() => setShown(still ? ready : shown + 1), still ? 0 : BEAT);
    return () => clearTimeout(timer);
  }, [shown, ready]);
  return Math.min(shown, ready);
}

export interface Row {
  name: StepName;
  /** Null before it was checked. */
  step: Step | null;
}

export const rows = (names: readonly StepName[], steps: readonly Step[] | undefined): Row[] =>
  names.map((name) => ({ name, step: steps?.find((step) => step.name === name) ?? null }));

export const stepId = (name: StepName) => `step-${name}`;

/** Opens a step and goes there. */
export function openStep(name: StepName): void {
  const element = document.getElementById(stepId(name));
  if (!(element instanceof HTMLDetailsElement)) return;
  element.open = true;
  element.querySelector('summary')?.focus({ preventScroll: true });
  element.scrollIntoView({ block: 'center', behavior: 'smooth' });
}

export function Steps({ of }: { of: readonly Row[] }) {
  return (
    <ol className="chain">
      {of.map(({ name, step }) => (
        <li key={name} data-outcome={step?.outcome ?? 'waiting'}>
          <Node outcome={step?.outcome ?? 'waiting'} />
          <details id={stepId(name)}>
            <summary>
              <span>{fairnessText.steps.names[name]}</span>
              <span className="word small">{fairnessText.word[step?.outcome ?? 'waiting']}</span>
            </summary>
            {step === null ? (
              <p className="quiet">{fairnessText.steps.waiting}</p>
            ) : (
              <dl className="stack tight small">
                <dt className="quiet">{fairnessText.steps.shows}</dt>
                <dd>{sentence(step.shows)}</dd>
                <dt className="quiet">{fairnessText.steps.found[step.outcome]}</dt>
                <dd className="step-found">{sentence(step.detail)}</dd>
              </dl>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}

/** The verifier's words begin small; on the page they are a sentence. */
const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

const MARKS: Record<Step['outcome'] | 'waiting', string> = {
  passed: 'M7 12.500l3.500 3.500L17 8.500',
  failed: 'M8 8l8 8M16 8l-8 8',
  not_checked: 'M8 12h8',
  waiting: '',
};

function Node({ outcome }: { outcome: Step['outcome'] | 'waiting' }) {
  return (
    <svg className="node" viewBox="0 0 24 24" aria-hidden="true">
      {outcome === 'failed' ? (
        <path className="disc" d="M7.500 1h9L23 7.500v9L16.500 23h-9L1 16.500v-9z" />
      ) : (
        <circle className="disc" cx="12" cy="12" r="11" />
      )}
      <path className="step-mark" d={MARKS[outcome]} />
    </svg>
  );
}
