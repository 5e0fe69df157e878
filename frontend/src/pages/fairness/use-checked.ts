// What a check shows at a moment: steps one by one, how far it is, and in the end the verdict.
import { event as events, type Progress } from '../../fairness/check';
import { EVENT_STEPS, type EventTold, type Report, type ShowerTold, type StepName } from '../../fairness/types';
import { judge, type Verdict } from '../../fairness/verdict';
import { formatCount } from '../../format/amount';
import { useStore } from '../../store';
import { t } from '../../strings';
import { fairnessText } from '../../strings/fairness';
import { sayStranger, sayTrouble, sayVerdict } from './say';
import { type Row, rows, useOneByOne } from './steps';
import type { Said } from './verdict';

export interface Checked {
  said: Said;
  /** From 0 to 1. */
  progress: number;
  /** The first step that fails, once the verdict is said. */
  failed: Verdict['failed'];
  ofEvent: Row[];
  ofShower: Row[];
}

/** Of one shower, or of one meteor with its shower: `names` are the steps after the event's. */
export function useChecked(
  names: readonly StepName[],
  event: EventTold | null,
  of: ShowerTold | undefined,
  check: Progress<unknown> | undefined,
  report: Report | null,
  missing: string,
): Checked {
  const whole = useStore(events);
  const all = [...rows(EVENT_STEPS, event?.steps), ...rows(names, report?.steps)];
  const ready = all.filter((row) => row.step !== null).length;
  const shown = useOneByOne(ready);
  const visible = all.map((row, at) => (at < shown ? row : { ...row, step: null }));
  const finished = report !== null && shown >= ready;
  const verdict = event && of && finished ? judge(event, [report]) : null;
  const done = shown + (check ? 1 : 0) + (report ? 1 : 0);
  return {
    said: say(),
    progress: done / (all.length + 2),
    failed: verdict?.failed ?? null,
    ofEvent: visible.slice(0, EVENT_STEPS.length),
    ofShower: visible.slice(EVENT_STEPS.length),
  };

  function say(): Said {
    const trouble = whole.trouble ?? check?.trouble ?? null;
    if (trouble) return sayTrouble(trouble);
    const stranger = event && sayStranger(event);
    if (stranger) return stranger;
    if (event && !of) return { tone: 'open', title: t.missing.title, text: missing };
    if (verdict && event && of) return sayVerdict(verdict, event, of);
    const shower = of ? formatCount(of.shower) : '';
    const text = report
      ? fairnessText.doing.showing
      : check?.doing
        ? fairnessText.doing[check.doing](shower)
        : fairnessText.doing.event;
    return { tone: 'busy', title: fairnessText.verdict.busy, text };
  }
}
