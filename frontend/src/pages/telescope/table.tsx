// The showers that are over as a table: what the chart shows, exact. On a phone each row becomes a small grid; the roles say
// that it still is a table, because browsers forget that when cells are laid out otherwise.
import { useState } from 'react';
import { TIERS } from '../../api/client';
import { formatAmount, formatCount } from '../../format/amount';
import { formatMoment } from '../../format/time';
import { Link } from '../../router';
import { telescopeText } from '../../strings/telescope';
import { TierMark, TierName } from '../../ui/tier';
import type { Past } from './chart';

/** Rows that are shown at first. */
const FIRST = 10;

/** Whether one of its amounts is too long for two in a line of a phone. */
function isLong(shower: Past): boolean {
  return TIERS.some((tier) => formatAmount(BigInt(shower.floors[tier] ?? '0')).length > 14);
}

interface Props {
  past: readonly Past[];
  unit: string;
  /** Numbers of the showers that were cancelled. */
  cancelled: ReadonlySet<number>;
}

export function PastTable({ past, unit, cancelled }: Props) {
  const [all, setAll] = useState(false);
  const rows = [...past].reverse().slice(0, all ? past.length : FIRST);
  return (
    <section className="card stack tight past-card" aria-labelledby="past">
      <h2 id="past">{telescopeText.table}</h2>
      <p className="quiet small">{telescopeText.tableNote(unit)}</p>
      {/* biome-ignore-start lint/a11y/noRedundantRoles: see the top of this file */}
      <table role="table" className="past" aria-labelledby="past">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {telescopeText.shower}
            </th>
            {TIERS.map((tier) => (
              <th key={tier} role="columnheader" scope="col" className="end">
                <TierName tier={tier} />
              </th>
            ))}
            <th role="columnheader" scope="col" className="end">
              {telescopeText.contributors}
            </th>
            <th role="columnheader" scope="col" className="end">
              {telescopeText.total}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((shower) => (
            <tr key={shower.shower} role="row" data-long={isLong(shower) || undefined}>
              <th role="rowheader" scope="row">
                <Link to={`/telescope/${shower.shower}`}>{telescopeText.showerN(formatCount(shower.shower))}</Link>
                <span className="when">
                  {cancelled.has(shower.shower) && `${telescopeText.cancelled}, `}
                  {formatMoment(shower.closes_at)}
                </span>
              </th>
              {TIERS.map((tier) => {
                const floor = shower.floors[tier];
                return (
                  <td key={tier} role="cell" className={`end floor-cell ${tier}`}>
                    <span className="tier">
                      <TierMark tier={tier} />
                    </span>
                    {floor == null ? (
                      <span className="quiet">{telescopeText.nobodyInTier}</span>
                    ) : (
                      formatAmount(BigInt(floor))
                    )}
                  </td>
                );
              })}
              <td role="cell" className="end sum-cell">
                <span className="cell-name" aria-hidden="true">
                  {telescopeText.contributors}
                </span>
                {formatCount(shower.contributors)}
              </td>
              <td role="cell" className="end sum-cell">
                <span className="cell-name" aria-hidden="true">
                  {telescopeText.total}
                </span>
                {formatAmount(BigInt(shower.total))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see the top of this file */}
      {past.length > FIRST && !all && (
        <p>
          <button type="button" className="button little" onClick={() => setAll(true)}>
            {telescopeText.all(formatCount(past.length))}
          </button>
        </p>
      )}
    </section>
  );
}
