// All showers: those that are over as a chart and as a table, and those to come.
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useApi, useLive } from '../../api/use';
import { formatCount, unitOf } from '../../format/amount';
import { formatMoment } from '../../format/time';
import { telescopeText } from '../../strings/telescope';
import { Chart } from './chart';
import { Coming } from './coming';
import { Readout, Sum } from './readout';
import { PastTable } from './table';

export function Overview() {
  const { config, showers } = useLive();
  // Floors of what is over change only when another shower is over.
  const again = showers.map((shower) => shower.status[0]).join('');
  const { data } = useApi<Schemas['Telescope']>('/v1/telescope', { again });
  const cancelled = new Set(showers.filter((shower) => shower.cancelled).map((shower) => shower.shower));
  const [picked, pick] = useState<number | null>(null);
  const past = data?.showers ?? [];
  const index = picked === null ? past.length - 1 : Math.min(picked, past.length - 1);
  const shown = past[index];
  const begun = showers.some((shower) => shower.status !== 'upcoming' && shower.status !== 'open');
  const unit = config ? unitOf(config.denom) : '';
  const total = past.reduce((sum, shower) => sum + BigInt(shower.total), 0n);
  const entries = past.reduce((sum, shower) => sum + shower.contributors, 0);
  return (
    <div className="stack telescope">
      <header className="stack tight">
        <h1>{telescopeText.title}</h1>
        <p className="lead">{telescopeText.lead}</p>
      </header>
      {(data === undefined ? begun : past.length > 0) && (
        <dl className="facts totals">
          <div>
            <dt>{telescopeText.over}</dt>
            <dd>
              {data
                ? telescopeText.overOf(formatCount(past.length), formatCount(Math.max(past.length, showers.length)))
                : '…'}
            </dd>
          </div>
          <div>
            <dt>{telescopeText.entries}</dt>
            <dd>{data ? formatCount(entries) : '…'}</dd>
            <dd className="quiet note">{telescopeText.entriesNote}</dd>
          </div>
          <div>
            <dt>{telescopeText.contributed}</dt>
            <dd>{data ? <Sum of={String(total)} unit={unit} /> : '…'}</dd>
          </div>
        </dl>
      )}
      {data === undefined && <div className="to-come" aria-hidden="true" />}
      {data !== undefined && past.length === 0 && <Nothing />}
      {shown && (
        <div className="card looking">
          <Chart past={past} unit={unit} picked={index} pick={pick} cancelled={cancelled} />
          <Readout
            shower={shown}
            cancelled={cancelled.has(shown.shower)}
            unit={unit}
            index={index}
            count={past.length}
            pick={pick}
          />
        </div>
      )}
      {past.length > 0 && <PastTable past={past} unit={unit} cancelled={cancelled} />}
      {data !== undefined && <Coming />}
    </div>
  );
}

/** Before the first shower is over. */
function Nothing() {
  const { showers } = useLive();
  const open = showers.find((shower) => shower.status === 'open');
  const next = showers.find((shower) => shower.status === 'upcoming');
  return (
    <div className="card stack tight">
      <h2>{telescopeText.nothingYet}</h2>
      <p className="quiet">
        {open
          ? telescopeText.nothingOpen(formatCount(open.shower), formatMoment(open.closes_at))
          : next
            ? telescopeText.nothingBefore(formatMoment(next.opens_at))
            : telescopeText.nothingKnown}
      </p>
    </div>
  );
}
