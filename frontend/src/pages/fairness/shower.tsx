// One shower, checked as soon as it is looked at.
import { useEffect } from 'react';
import { checkShower, event as events, showers } from '../../fairness/check';
import { type EventTold, SHOWER_STEPS } from '../../fairness/types';
import { formatCount } from '../../format/amount';
import { Link } from '../../router';
import { useStore } from '../../store';
import { fairnessText } from '../../strings/fairness';
import { CheckedCard } from './checked';
import { Limits, Sources } from './trust';
import { useChecked } from './use-checked';

interface Props {
  /** As the address has it. */
  named: string;
  shower: number | null;
  event: EventTold | null;
}

export function OfShower({ named, shower, event }: Props) {
  const of = event?.showers.find((one) => one.shower === shower);
  useEffect(() => {
    if (of) void checkShower(of);
  }, [of]);
  const whole = useStore(events);
  const check = useStore(showers).get(shower ?? 0);
  const checked = useChecked(SHOWER_STEPS, event, of, check, check?.told ?? null, fairnessText.noShower(named));
  const title = fairnessText.shower(shower === null ? named : formatCount(shower));
  return (
    <>
      <p>
        <Link to="/fairness">{fairnessText.back}</Link>
      </p>
      <h1>{title}</h1>
      <div className="columns">
        <CheckedCard checked={checked} title={title} paused={of?.paused} />
        {event && (
          <div className="stack">
            <Sources
              event={event}
              fetched={[...whole.fetched, ...(check?.fetched ?? [])]}
              only={of ? `--shower ${of.shower}` : ''}
            />
            <Limits />
          </div>
        )}
      </div>
    </>
  );
}
