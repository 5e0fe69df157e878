// A check on the page: the verdict on top, then its steps, then the button that starts it again.
import { checkEvent } from '../../fairness/check';
import { fairnessText } from '../../strings/fairness';
import { Notice } from '../../ui/notice';
import { openStep, Steps } from './steps';
import type { Checked } from './use-checked';
import { VerdictBox } from './verdict';

interface Props {
  checked: Checked;
  /** Of the steps that come after the event's. */
  title: string;
  /** Whether contributing was paused while the shower was open. */
  paused: boolean | undefined;
}

export function CheckedCard({ checked, title, paused = false }: Props) {
  const { said, progress, failed, ofEvent, ofShower } = checked;
  return (
    <section className="card stack" aria-label={fairnessText.steps.title}>
      <VerdictBox said={said} progress={progress}>
        {failed && (
          <p>
            <button type="button" className="linkish" onClick={() => openStep(failed.step.name)}>
              {fairnessText.verdict.why}
            </button>
          </p>
        )}
      </VerdictBox>
      <h3>{fairnessText.steps.event}</h3>
      <Steps of={ofEvent} />
      <h3>{title}</h3>
      <Steps of={ofShower} />
      {paused && (
        <Notice kind="warn">
          <p>{fairnessText.pausedNote}</p>
        </Notice>
      )}
      <p>
        <button
          type="button"
          className="button little"
          onClick={() => {
            if (said.tone !== 'busy') void checkEvent();
          }}
          aria-disabled={said.tone === 'busy'}
        >
          {fairnessText.again}
        </button>
      </p>
    </section>
  );
}
