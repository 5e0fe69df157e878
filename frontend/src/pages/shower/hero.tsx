// The countdown and the shower's figures.
import type { CSSProperties } from 'react';
import type { Shower } from '../../api/live';
import { useChainTime, useLive } from '../../api/use';
import { formatAmount, formatCount, unitOf } from '../../format/amount';
import { formatMoment, splitSeconds } from '../../format/time';
import { t } from '../../strings';
import type { Phase } from './phase';

export function Hero({ phase }: { phase: Phase }) {
  const { showers, config } = useLive();
  const { shower } = phase;
  const unit = config ? unitOf(config.denom) : '';
  const all = formatCount(showers.length);
  const title = t.shower.heading[phase.is](formatCount(shower.shower), all);
  return (
    <section className="hero stack" aria-labelledby="hero">
      <h1 id="hero">{title}</h1>
      {phase.is !== 'over' && <Countdown phase={phase} />}
      <Dots showers={showers} />
      <dl className="facts">
        <div>
          <dt>{t.shower.contributors}</dt>
          <dd>{formatCount(shower.contributors)}</dd>
        </div>
        <div>
          <dt>
            {t.shower.contributed} <small>{unit}</small>
          </dt>
          <dd>{formatAmount(BigInt(shower.total))}</dd>
        </div>
        <div>
          <dt>
            {t.shower.minimum} <small>{unit}</small>
          </dt>
          <dd>{formatAmount(BigInt(shower.minimum))}</dd>
        </div>
      </dl>
    </section>
  );
}

/** Time left by the chain. Blocks decide how long a shower is open, not this device's clock. */
function Countdown({ phase }: { phase: Phase }) {
  const { now, stalled } = useChainTime(250);
  const { shower } = phase;
  const open = phase.is === 'open';
  const end = open ? shower.closes_at : shower.opens_at;
  const left = Math.max(0, Math.ceil(end - now));
  const { days, hours, minutes, seconds } = splitSeconds(left);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${days > 0 || hours > 0 ? `${two(hours)}:` : ''}${two(minutes)}:${two(seconds)}`;
  const label = left === 0 ? t.shower.nextBlock[open ? 'closes' : 'opens'] : t.shower.until[open ? 'closes' : 'opens'];
  return (
    <div className={`clock ${stalled ? 'stalled' : ''}`}>
      <p className="digits" role="timer" aria-live="off">
        {days > 0 && <span className="days">{t.shower.days(formatCount(days), days === 1)} </span>}
        {clock}
      </p>
      <p className="quiet">
        {stalled ? t.shower.estimate : label} · {formatMoment(end)}
      </p>
    </div>
  );
}

/** One dot for each shower, so that one sees where the event stands. */
function Dots({ showers }: { showers: readonly Shower[] }) {
  const past = showers.filter((shower) => shower.status !== 'upcoming' && shower.status !== 'open').length;
  const state = (shower: Shower) => (shower.cancelled ? 'cancelled' : shower.status);
  return (
    <div
      className="dots"
      role="img"
      aria-label={t.shower.progress(formatCount(past), formatCount(showers.length))}
      style={{ '--count': showers.length } as CSSProperties}
    >
      {showers.map((shower) => (
        <span key={shower.shower} data-state={state(shower)} />
      ))}
    </div>
  );
}
