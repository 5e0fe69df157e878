// One meteor: what it holds, with which odds, and that both follow from the draw.
import { useEffect } from 'react';
import { useLive } from '../../api/use';
import { checkMeteor, event as events, meteors, showerOf } from '../../fairness/check';
import { type EventTold, type MeteorTold, SHOWER_STEPS, type ShowerTold } from '../../fairness/types';
import { shortAddress } from '../../format/address';
import { formatAmount, formatCount, formatPercent, unitOf } from '../../format/amount';
import { Link } from '../../router';
import { useStore } from '../../store';
import { fairnessText } from '../../strings/fairness';
import { TierName } from '../../ui/tier';
import { CheckedCard } from './checked';
import { Limits, Sources } from './trust';
import { useChecked } from './use-checked';

const STEPS = [...SHOWER_STEPS, 'meteor'] as const;

interface Props {
  /** As the address has it. */
  named: string;
  meteor: number | null;
  event: EventTold | null;
}

export function OfMeteor({ named, meteor, event }: Props) {
  const of = event && meteor !== null ? showerOf(event, meteor) : undefined;
  useEffect(() => {
    if (of && meteor !== null) void checkMeteor(of, meteor);
  }, [of, meteor]);
  const whole = useStore(events);
  const check = useStore(meteors).get(meteor ?? 0);
  const told = check?.told ?? null;
  const checked = useChecked(STEPS, event, of, check, told?.report ?? null, fairnessText.noMeteor(named));
  return (
    <>
      <p>
        <Link to={of ? `/fairness/${of.shower}` : '/fairness'}>
          {of ? fairnessText.shower(formatCount(of.shower)) : fairnessText.back}
        </Link>
      </p>
      <h1>{fairnessText.meteor.title(meteor === null ? named : formatCount(meteor))}</h1>
      <div className="columns">
        <div className="stack">
          {!(event && !of) && <Facts told={told} of={of} />}
          <CheckedCard
            checked={checked}
            title={of ? fairnessText.shower(formatCount(of.shower)) : ''}
            paused={of?.paused}
          />
        </div>
        {event && (
          <div className="stack">
            <Sources
              event={event}
              fetched={[...whole.fetched, ...(check?.fetched ?? [])]}
              only={of ? `--meteor ${meteor}` : ''}
            />
            <Limits />
          </div>
        )}
      </div>
    </>
  );
}

/** What the verifier found of the meteor. Every field keeps its place from the beginning. */
function Facts({ told, of }: { told: MeteorTold | null; of: ShowerTold | undefined }) {
  const { config } = useLive();
  const words = fairnessText.meteor;
  const meteor = told?.meteor ?? null;
  const drawn = meteor?.content?.kind ?? null;
  const proven = told?.report.steps.some((step) => step.name === 'reveals' && step.outcome === 'passed');
  const kind = drawn ?? (proven ? (told?.revealed ?? null) : null);
  const sealed = of?.state === 'sealed' || of?.state === 'published';
  const title = told === null ? words.waiting : kind ? words[kind] : sealed ? words.sealed : words.unknown;
  const text = kind
    ? drawn
      ? words.drawn
      : words.revealed
    : sealed
      ? words.notYet
      : of?.state === 'cancelled'
        ? words.cancelled
        : words.none;
  const odds = meteor && `${meteor.odds.numerator}/${meteor.odds.denominator}`;
  return (
    <section className="card stack meteor-facts" aria-labelledby="holds">
      <div className="meteor-holds">
        <Content kind={kind} />
        <h2 id="holds">{title}</h2>
        <p className="quiet">{told && text}</p>
      </div>
      <dl className="facts">
        <div>
          <dt>{words.rank}</dt>
          <dd>{meteor ? formatCount(meteor.rank) : '–'}</dd>
        </div>
        <div>
          <dt>{words.tier}</dt>
          <dd>{meteor ? <TierName tier={meteor.tier} /> : '–'}</dd>
        </div>
        <div>
          <dt>{words.odds}</dt>
          <dd>
            {told?.percent ? formatPercent(told.percent) : '–'}
            <small className="quiet small exact">{odds ? `${words.exact} ${odds}` : '\u00a0'}</small>
          </dd>
        </div>
        <div>
          <dt>{words.amount}</dt>
          <dd>{meteor && config ? `${formatAmount(BigInt(meteor.amount))} ${unitOf(config.denom)}` : '–'}</dd>
        </div>
      </dl>
      <p className="small">
        {meteor ? (
          <>
            {words.wallet} <code title={meteor.contributor}>{shortAddress(meteor.contributor)}</code>,{' '}
            <Link to={`/cave/${meteor.contributor}`}>{words.cave}</Link>
          </>
        ) : (
          '\u00a0'
        )}
      </p>
    </section>
  );
}

const SHAPES: Record<'egg' | 'dust' | 'sealed', string> = {
  egg: 'M32 8c12 0 20 19 20 30a20 20 0 0 1-40 0C12 27 20 8 32 8M14 31l9 7 8-9 9 8 10-7',
  dust: 'M12 46c8-6 32-6 40 0M20 36c6-4 18-4 24 0M28 26c3-2 6-2 8 0M17 24h.01M47 26h.01M38 15h.01M25 14h.01M51 38h.01M12 36h.01',
  sealed: 'M32 12a20 20 0 1 0 0 40 20 20 0 0 0 0-40M25 22h.01M40 27h.01M28 41h.01M42 41h.01M33 32h.01M21 33h.01',
};

function Content({ kind }: { kind: 'egg' | 'dust' | null }) {
  return (
    <svg className="content" viewBox="0 0 64 64" data-kind={kind ?? 'sealed'} aria-hidden="true">
      <path d={SHAPES[kind ?? 'sealed']} />
    </svg>
  );
}
