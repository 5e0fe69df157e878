// What reports come to, by the rules of docs/fairness.md, "What a verifier says".
import type { EventTold, Report, Step } from './types';

export interface Verdict {
  /**
   * `wrong`: a step fails. `holds`: every step was checked and holds. `play`: so does every step, but the beacon is one
   * for test chains. `partly`: nothing is wrong with what could be checked.
   */
  is: 'wrong' | 'holds' | 'play' | 'partly';
  /** The first step that fails, and of which shower it is (null: of the event). */
  failed: { shower: number | null; step: Step } | null;
  unchecked: number;
  steps: number;
}

export function judge(event: EventTold, reports: readonly Report[]): Verdict {
  const all = [
    ...event.steps.map((step) => ({ shower: null, step })),
    ...reports.flatMap(({ shower, steps }) => steps.map((step) => ({ shower, step }))),
  ];
  const failed = all.find(({ step }) => step.outcome === 'failed') ?? null;
  const open = all.filter(({ step }) => step.outcome === 'not_checked');
  const play = event.beacon === 'test' && open.every(({ step }) => step.name === 'beacon-rule');
  const is =
    failed !== null ? 'wrong' : open.length === 0 && event.beacon === 'quicknet' ? 'holds' : play ? 'play' : 'partly';
  return { is, failed, unchecked: open.length, steps: all.length };
}

/** How one report alone came out, for a list. */
export function outcome(report: Report): 'passed' | 'failed' | 'not_checked' {
  if (report.steps.some((step) => step.outcome === 'failed')) return 'failed';
  return report.steps.every((step) => step.outcome === 'passed') ? 'passed' : 'not_checked';
}
