// One shower in detail.
import type { ReactNode } from 'react';
import type { Shower } from '../../api/live';
import { useChainTime, useLive } from '../../api/use';
import { formatCount, unitOf } from '../../format/amount';
import { formatMoment, formatWindow } from '../../format/time';
import { Link } from '../../router';
import { telescopeText } from '../../strings/telescope';
import { Notice } from '../../ui/notice';
import { Odds } from './odds';
import { Ranking } from './ranking';
import { Sum } from './readout';
import { keyOf, moves, standingOf } from './standing';

/** `name` is what the address bar says: it may be no shower at all. */
export function Detail({ name }: { name: string }) {
  const { config, showers } = useLive();
  const shower = showers.find((shower) => String(shower.shower) === name);
  const unit = config ? unitOf(config.denom) : '';
  if (!shower) {
    return (
      <div className="stack telescope">
        <Back />
        <h1>{showers.length === 0 ? telescopeText.showerN(name) : telescopeText.unknown(name)}</h1>
        {showers.length === 0 && <div className="to-come" aria-hidden="true" />}
      </div>
    );
  }
  return (
    <div className="stack telescope">
      <Back number={shower.shower} count={showers.length} />
      <header className="stack tight">
        <h1>{telescopeText.showerN(formatCount(shower.shower))}</h1>
        <p className="lead">{state(shower)}</p>
      </header>
      {shower.paused && <Notice kind="warn" title={telescopeText.wasPaused} />}
      <div className="columns about">
        <div className="stack">
          <Facts shower={shower} unit={unit} />
          <Odds shower={shower} unit={unit} />
        </div>
        <Ranking shower={shower} unit={unit} />
      </div>
    </div>
  );
}

function state(shower: Shower): string {
  const words = telescopeText.states;
  const standing = standingOf(shower);
  switch (standing) {
    case 'upcoming':
      return words.upcoming(formatMoment(shower.opens_at));
    case 'open':
      return words.open(formatMoment(shower.closes_at));
    default:
      return words[standing];
  }
}

/** Back to all showers, and to the neighbours. */
function Back({ number, count = 0 }: { number?: number; count?: number }) {
  const to = (neighbour: number) => (
    <Link to={`/telescope/${neighbour}`}>{telescopeText.showerN(formatCount(neighbour))}</Link>
  );
  return (
    <nav className="row spread small around" aria-label={telescopeText.title}>
      <Link to="/telescope">{telescopeText.back}</Link>
      {number !== undefined && (
        <span className="row">
          {number > 1 && to(number - 1)}
          {number < count && to(number + 1)}
        </span>
      )}
    </nav>
  );
}

function Facts({ shower, unit }: { shower: Shower; unit: string }) {
  const { now } = useChainTime(10_000);
  const key = keyOf(shower, now);
  const isOver = !moves(shower);
  const fact = (name: string, value: ReactNode, note?: ReactNode) => (
    <div>
      <dt className="quiet">{name}</dt>
      <dd>{value}</dd>
      {note && <dd className="quiet small note">{note}</dd>}
    </div>
  );
  const positive = (amount: string) => BigInt(amount) > 0n;
  return (
    <section className="card" aria-label={telescopeText.showerN(formatCount(shower.shower))}>
      <dl className="figures facts-list">
        {fact(telescopeText.window, formatWindow(shower.opens_at, shower.closes_at))}
        {fact(telescopeText.contributors, formatCount(shower.contributors))}
        {fact(telescopeText.contributed, <Sum of={shower.total} unit={unit} />)}
        {fact(telescopeText.minimum, <Sum of={shower.minimum} unit={unit} />)}
        {isOver &&
          shower.contributors > 0 &&
          !shower.cancelled &&
          fact(
            telescopeText.minted,
            telescopeText.mintedOf(formatCount(shower.minted), formatCount(shower.contributors)),
            shower.minted < shower.contributors && `${telescopeText.mintBy} ${formatMoment(shower.mint_deadline)}`,
          )}
        {positive(shower.settled) && fact(telescopeText.settled, <Sum of={shower.settled} unit={unit} />)}
        {positive(shower.held) && key === 'due' && fact(telescopeText.held, <Sum of={shower.held} unit={unit} />)}
        {positive(shower.held_returned) &&
          fact(telescopeText.heldReturned, <Sum of={shower.held_returned} unit={unit} />)}
        {shower.refunds > 0 &&
          fact(
            telescopeText.refunded,
            <Sum of={shower.refunded} unit={unit} />,
            telescopeText.refundedTo(formatCount(shower.refunds), shower.refunds === 1),
          )}
        {key !== null &&
          fact(
            telescopeText.key,
            key === 'due' ? telescopeText.keyIs.due(formatMoment(shower.key_deadline)) : telescopeText.keyIs[key],
            <>
              {telescopeText.keyNote[key]}
              {key === 'published' && (
                <>
                  {' '}
                  <Link to={`/fairness/${shower.shower}`}>{telescopeText.toFairness}</Link>
                </>
              )}
            </>,
          )}
      </dl>
    </section>
  );
}
