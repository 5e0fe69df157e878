// Filters of a cave: kinds as buttons, tier and shower as lists.
import { useId } from 'react';
import { TIERS } from '../../api/client';
import { formatCount } from '../../format/amount';
import { t } from '../../strings';
import { caveText } from '../../strings/cave';
import { countKinds, type Filter, KINDS, type Nft, showersOf } from './filter';

export function Filters({
  nfts,
  filter,
  onChange,
  fixed,
}: {
  nfts: readonly Nft[];
  filter: Filter;
  onChange: (filter: Filter) => void;
  /** Whether the kind is fixed. */
  fixed: boolean;
}) {
  const id = useId();
  const counts = countKinds(nfts, filter);
  const all = counts.meteors + counts.eggs + counts.dust;
  const showers = showersOf(nfts);
  return (
    <div className="filters">
      {!fixed && (
        <fieldset className="kinds">
          <legend className="hide">{caveText.filter.kind}</legend>
          {([null, ...KINDS] as const).map((kind) => (
            <button
              key={kind ?? 'all'}
              type="button"
              aria-pressed={filter.kind === kind}
              onClick={() => onChange({ ...filter, kind })}
            >
              {caveText.kinds[kind ?? 'all']} <span className="number">{formatCount(kind ? counts[kind] : all)}</span>
            </button>
          ))}
        </fieldset>
      )}
      <div className="lists">
        <label htmlFor={`${id}-tier`} className="hide">
          {caveText.filter.tier}
        </label>
        <select
          id={`${id}-tier`}
          className="input"
          value={filter.tier ?? ''}
          onChange={(event) => onChange({ ...filter, tier: TIERS.find((tier) => tier === event.target.value) ?? null })}
        >
          <option value="">{caveText.filter.allTiers}</option>
          {TIERS.map((tier) => (
            <option key={tier} value={tier}>
              {t.tiers[tier]}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-shower`} className="hide">
          {caveText.filter.shower}
        </label>
        <select
          id={`${id}-shower`}
          className="input"
          value={filter.shower ?? ''}
          onChange={(event) =>
            onChange({ ...filter, shower: event.target.value === '' ? null : Number(event.target.value) })
          }
        >
          <option value="">{caveText.filter.allShowers}</option>
          {filter.shower !== null && !showers.includes(filter.shower) && (
            <option value={filter.shower}>{caveText.filter.showerOption(formatCount(filter.shower))}</option>
          )}
          {showers.map((shower) => (
            <option key={shower} value={shower}>
              {caveText.filter.showerOption(formatCount(shower))}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}
