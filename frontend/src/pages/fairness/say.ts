// The words of the verdict, from what was found and how far a check is.
import { pinned } from '../../api/pinned';
import type { Trouble } from '../../fairness/check';
import type { EventTold, ShowerTold } from '../../fairness/types';
import type { Verdict } from '../../fairness/verdict';
import { formatCount } from '../../format/amount';
import { formatMoment } from '../../format/time';
import { fairnessText } from '../../strings/fairness';
import { whose } from './contract';
import type { Said } from './verdict';

const words = fairnessText.verdict;

export function sayTrouble({ of, words: why }: Trouble): Said {
  switch (of) {
    case 'server':
      return { tone: 'open', title: words.server, text: why };
    case 'evidence':
      return { tone: 'bad', title: words.evidence, text: words.evidenceText(why) };
    case 'browser':
      return { tone: 'open', title: words.browser, text: words.browserText(why) };
  }
}

/** Of evidence that is of another event than this page: whatever holds in it says nothing here. Null of the right one. */
export function sayStranger(event: EventTold): Said | null {
  const { wrong, text } = whose(event, pinned, false);
  return wrong ? { tone: 'bad', title: words.stranger, text } : null;
}

/** Of one shower, or of all of them without one. */
export function sayVerdict(verdict: Verdict, event: EventTold, shower: ShowerTold | null): Said {
  const { steps, unchecked, failed } = verdict;
  const count = formatCount(steps);
  switch (verdict.is) {
    case 'wrong': {
      const of = failed?.shower == null ? '' : formatCount(failed.shower);
      const step = failed ? fairnessText.steps.names[failed.step.name] : '';
      return { tone: 'bad', title: words.wrong, text: words.wrongText(of, step) };
    }
    case 'holds':
      return { tone: 'good', title: words.holds, text: words.holdsText(count) };
    case 'play':
      return { tone: 'good', title: words.play, text: words.playText(formatCount(steps - unchecked)) };
    case 'partly': {
      if (shower === null) {
        const text = words.partlyText(formatCount(steps - unchecked), count);
        return { tone: event.showers.length > 0 ? 'open' : 'idle', title: words.partly, text };
      }
      const { title, text } = words.stage[shower.state];
      return { tone: 'open', title, text: typeof text === 'string' ? text : text(formatMoment(shower.key_due)) };
    }
  }
}
