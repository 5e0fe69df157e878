// The exact figures of the shower that is picked in the chart.
import { TIERS } from '../../api/client';
import { formatAmount, formatCount } from '../../format/amount';
import { formatMoment } from '../../format/time';
import { Link } from '../../router';
import { telescopeText } from '../../strings/telescope';
import { TierName } from '../../ui/tier';
import type { Past } from './chart';

interface Props {
  shower: Past;
  unit: string;
  cancelled: boolean;
  index: number;
  count: number;
  pick: (index: number) => void;
}

export function Readout({ shower, unit, cancelled, index, count, pick }: Props) {
  return (
    <section className="readout" aria-labelledby="readout">
      <div className="row spread steps">
        <Step label={telescopeText.earlier} to={index - 1} count={count} pick={pick} back />
        <div className="which">
          <h3 id="readout">{telescopeText.showerN(formatCount(shower.shower))}</h3>
          <p className="quiet small">
            {cancelled && `${telescopeText.cancelled}, `}
            {telescopeText.ended(formatMoment(shower.closes_at))}
          </p>
        </div>
        <Step label={telescopeText.later} to={index + 1} count={count} pick={pick} />
      </div>
      <dl className="figures">
        {TIERS.map((tier) => {
          const floor = shower.floors[tier];
          return (
            <div key={tier}>
              <dt>
                <TierName tier={tier} />
              </dt>
              <dd>
                {floor == null ? (
                  <span className="quiet">{telescopeText.nobodyInTier}</span>
                ) : (
                  <Sum of={floor} unit={unit} />
                )}
              </dd>
            </div>
          );
        })}
        <div>
          <dt className="quiet">{telescopeText.contributors}</dt>
          <dd>{formatCount(shower.contributors)}</dd>
        </div>
        <div>
          <dt className="quiet">{telescopeText.total}</dt>
          <dd>
            <Sum of={shower.total} unit={unit} />
          </dd>
        </div>
      </dl>
      <p>
        <Link to={`/telescope/${shower.shower}`} className="button little wide">
          {telescopeText.detail(formatCount(shower.shower))}
        </Link>
      </p>
    </section>
  );
}

export function Sum({ of, unit }: { of: string; unit: string }) {
  return (
    <>
      {formatAmount(BigInt(of))} <small>{unit}</small>
    </>
  );
}

interface StepProps {
  label: string;
  to: number;
  count: number;
  pick: (index: number) => void;
  back?: boolean;
}

/** Stays where it is at the ends, so that nobody's focus is lost. */
function Step({ label, to, count, pick, back = false }: StepProps) {
  const possible = to >= 0 && to < count;
  return (
    <button
      type="button"
      className="button little step"
      aria-label={label}
      aria-disabled={!possible}
      onClick={() => possible && pick(to)}
    >
      <svg viewBox="0 0 24 24" className={back ? 'back' : undefined} aria-hidden="true">
        <path d="m8.500 4 8 8-8 8" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      </svg>
    </button>
  );
}
