// The event: all showers with where they stand, one button that checks everything, and how a draw is made.
import { type FormEvent, useState } from 'react';
import { checkAll, showers as checks, event as events, showerOf } from '../../fairness/check';
import type { EventTold, ShowerTold } from '../../fairness/types';
import { judge, outcome } from '../../fairness/verdict';
import { formatCount } from '../../format/amount';
import { go, Link } from '../../router';
import { useStore } from '../../store';
import { t } from '../../strings';
import { fairnessText } from '../../strings/fairness';
import { How } from './how';
import { sayStranger, sayTrouble, sayVerdict } from './say';
import { Limits, Sources } from './trust';
import { type Said, VerdictBox } from './verdict';

/** Showers that are listed before one asks for more. */
const FEW = 8;

export function OfEvent({ event }: { event: EventTold | null }) {
  const whole = useStore(events);
  const reports = useStore(checks);
  const [running, setRunning] = useState(false);
  const count = event?.showers.length ?? 0;
  const told = event?.showers.flatMap((one) => reports.get(one.shower)?.told ?? []) ?? [];
  const trouble = whole.trouble ?? [...reports.values()].find((one) => one.trouble)?.trouble ?? null;
  const failed = event ? judge(event, told).failed : null;
  const said = say();

  function say(): Said {
    if (trouble) return sayTrouble(trouble);
    const stranger = event && sayStranger(event);
    if (stranger) return stranger;
    if (event && !running && count > 0 && told.length === count) return sayVerdict(judge(event, told), event, null);
    if (!running) return { tone: 'idle', title: fairnessText.checkTitle, text: fairnessText.checkLead };
    const busy = [...reports].find(([, one]) => one.doing !== null);
    const text = busy?.[1].doing ? fairnessText.doing[busy[1].doing](formatCount(busy[0])) : fairnessText.doing.event;
    return { tone: 'busy', title: fairnessText.verdict.busy, text };
  }

  const run = async () => {
    if (running) return;
    setRunning(true);
    await checkAll();
    setRunning(false);
  };

  if (event === null && trouble === null) return <p className="quiet to-come">{t.loading}</p>;
  return (
    <>
      <h1>{fairnessText.title}</h1>
      <p className="lead">{fairnessText.lead}</p>
      <div className="columns of-event">
        <section className="card stack" aria-label={fairnessText.checkTitle}>
          <VerdictBox said={said} progress={count === 0 ? 0 : told.length / count}>
            {failed && !running && (
              <p>
                <Link to={`/fairness/${failed.shower ?? 1}`}>{fairnessText.verdict.why}</Link>
              </p>
            )}
          </VerdictBox>
          <p>
            <button type="button" className="button main wide" onClick={run} aria-disabled={running || event === null}>
              {told.length > 0 && !running ? fairnessText.again : fairnessText.all(formatCount(count), count <= 1)}
            </button>
          </p>
          <Find event={event} />
          <h2>{fairnessText.showersTitle}</h2>
          <Showers event={event} />
        </section>
        <How />
        <Sources
          event={event}
          fetched={[...whole.fetched, ...[...reports.values()].flatMap((one) => one.fetched)]}
          only=""
        />
        <Limits />
      </div>
    </>
  );
}

function Showers({ event }: { event: EventTold | null }) {
  const [all, setAll] = useState(false);
  const showers = event?.showers ?? [];
  return (
    <>
      <ul className="showers">
        {(all ? showers : showers.slice(0, FEW)).map((one) => (
          <Shower key={one.shower} of={one} />
        ))}
      </ul>
      {!all && showers.length > FEW && (
        <button type="button" className="button little" onClick={() => setAll(true)}>
          {t.more}
        </button>
      )}
    </>
  );
}

function Shower({ of }: { of: ShowerTold }) {
  const check = useStore(checks).get(of.shower);
  const name = fairnessText.shower(formatCount(of.shower));
  const badge = check?.told ? outcome(check.told) : null;
  return (
    <li>
      <div>
        <h3>
          <Link to={`/fairness/${of.shower}`}>{name}</Link>
        </h3>
        <p className="small quiet">
          {fairnessText.wallets(formatCount(of.contributors), of.contributors === 1)}, {fairnessText.stage[of.state]}
          {of.paused && `, ${fairnessText.paused}`}
        </p>
      </div>
      {badge ? (
        <span className="badge" data-outcome={badge}>
          {fairnessText.badge[badge]}
        </span>
      ) : (
        <Link to={`/fairness/${of.shower}`} className="button little" aria-label={fairnessText.checkOf(name)}>
          {check?.doing ? '…' : fairnessText.check}
        </Link>
      )}
    </li>
  );
}

/** Goes to one meteor by its number. */
function Find({ event }: { event: EventTold | null }) {
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState('');
  const find = (submit: FormEvent) => {
    submit.preventDefault();
    const digits = typed.replace(/[^0-9]/g, '');
    if (!/^[1-9][0-9]{0,14}$/.test(digits)) return setWrong(fairnessText.find.bad);
    const shower = event && showerOf(event, Number(digits));
    if (!shower) return setWrong(fairnessText.noMeteor(digits));
    go(`/fairness/${shower.shower}/${digits}`);
  };
  return (
    <form onSubmit={find} className="field">
      <label htmlFor="meteor">{fairnessText.find.label}</label>
      <div className="find-meteor">
        <input
          id="meteor"
          className="input number"
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          aria-invalid={wrong !== ''}
          aria-describedby="meteor-wrong"
          onChange={(change) => {
            setTyped(change.target.value);
            setWrong('');
          }}
        />
        <button type="submit" className="button">
          {fairnessText.find.go}
        </button>
      </div>
      <p id="meteor-wrong" className="small danger" role="status">
        {wrong || '\u00a0'}
      </p>
    </form>
  );
}
