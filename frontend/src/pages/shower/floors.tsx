// Floors and odds of each tier now.
import type { Schemas } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';
import { formatAmount, formatCount, formatPercent, unitOf } from '../../format/amount';
import { t } from '../../strings';
import { TierName } from '../../ui/tier';

export type Tiers = Schemas['Floors']['tiers'];

export function useFloors(shower: number): Schemas['Floors'] | undefined {
  return useApi<Schemas['Floors']>(`/v1/showers/${shower}/floors`).data;
}

/** The odds of a tier from its last rank to its first. */
function range(tier: Tiers[number]): string {
  const { best, worst } = tier;
  if (!best || !worst) return '';
  if (best.percent === worst.percent) return formatPercent(best.percent);
  return t.shower.range(formatPercent(worst.percent), formatPercent(best.percent));
}

export function Floors({ shower }: { shower: Shower }) {
  const { config } = useLive();
  const floors = useFloors(shower.shower);
  const unit = config ? unitOf(config.denom) : '';
  return (
    <section className="card stack" aria-labelledby="floors">
      <h2 id="floors">{t.shower.floors}</h2>
      <ul className="floors">
        {(floors?.tiers ?? EMPTY).map((tier) => (
          <li key={tier.tier} className={tier.tier}>
            <TierName tier={tier.tier} />
            <span className="floor number">
              {tier.floor == null ? (
                <span className="quiet">{t.shower.emptyTier(`${formatAmount(BigInt(shower.minimum))} ${unit}`)}</span>
              ) : (
                <>
                  <span>{formatAmount(BigInt(tier.floor))}</span> <small>{unit}</small>
                </>
              )}
            </span>
            <small className="quiet">
              {t.shower.seats(formatCount(tier.size), tier.size === 1, formatCount(tier.eggs), tier.eggs === 1)}
            </small>
            <small className="quiet number odds">{range(tier)}</small>
          </li>
        ))}
      </ul>
      <p className="small quiet">{t.shower.floorsNote}</p>
    </section>
  );
}

/** What stands there before the first answer: the same height. */
const EMPTY: Tiers = (['legendary', 'ancient', 'rare', 'common'] as const).map((tier) => ({
  tier,
  floor: null,
  size: 0,
  eggs: 0,
  odds_bp: 0,
  best: null,
  worst: null,
}));
