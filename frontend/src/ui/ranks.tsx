// Rows of a ranking. The roles say that they are a table, because browsers forget that when rows are laid out otherwise, as on a
// phone.
import type { ReactNode } from 'react';
import type { Schemas } from '../api/client';
import { shortAddress } from '../format/address';
import { formatAmount, formatCount } from '../format/amount';
import { Link } from '../router';
import { t } from '../strings';
import './ranks.css';
import { TierMark } from './tier';

interface Props {
  /** Id of the heading that names it. */
  label: string;
  unit: string;
  /** `RankRows`. */
  children: ReactNode;
}

// biome-ignore-start lint/a11y/noRedundantRoles: see the top of this file
export function Ranks({ label, unit, children }: Props) {
  return (
    <div className="ranks-frame">
      <table role="table" className="ranks" aria-labelledby={label}>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {t.shower.rankColumn}
            </th>
            <th role="columnheader" scope="col">
              {t.shower.contributor}
            </th>
            <th role="columnheader" scope="col" className="end">
              {unit}
            </th>
          </tr>
        </thead>
        {children}
      </table>
    </div>
  );
}

/** `waiting`: they hold the room of rows that are not known yet. */
export function RankRows({ children, waiting = false }: { children: ReactNode; waiting?: boolean }) {
  return (
    <tbody role="rowgroup" aria-hidden={waiting || undefined}>
      {children}
    </tbody>
  );
}

interface RowProps {
  row: Schemas['Ranked'];
  /** Whether it is the visitor's own. */
  mine: boolean;
  /** Whether it is the one that was looked for. */
  asked?: boolean;
}

export function RankRow({ row, mine, asked = false }: RowProps) {
  return (
    <tr role="row" data-me={mine || undefined} data-asked={asked || undefined} aria-current={asked || undefined}>
      <td role="cell" className="number">
        {formatCount(row.rank)}
      </td>
      <td role="cell">
        <span className={`tier ${row.tier}`}>
          <TierMark tier={row.tier} />
          <span className="hide">{t.tiers[row.tier]}</span>
        </span>{' '}
        <Link to={`/cave/${row.contributor}`} title={row.contributor}>
          {mine ? t.shower.you : shortAddress(row.contributor)}
        </Link>
      </td>
      <td role="cell" className="end">
        {formatAmount(BigInt(row.amount))}
      </td>
    </tr>
  );
}
// biome-ignore-end lint/a11y/noRedundantRoles: see the top of this file
