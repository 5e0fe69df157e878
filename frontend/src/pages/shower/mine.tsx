// What I have in this shower: amount, rank, tier, odds, and what it takes to rise.
import type { Schemas } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';
import { formatAmount, formatCount, formatPercent, unitOf } from '../../format/amount';
import { Link } from '../../router';
import { t } from '../../strings';
import { TierName } from '../../ui/tier';
import { nextTier } from './distance';
import { useFloors } from './floors';

type Entry = Schemas['WalletShower'];

/** My entry in a shower; undefined before the answer or without a contribution. */
export function useMine(shower: number, address: string | null): { entry: Entry | undefined; known: boolean } {
  const { data } = useApi<Schemas['Wallet']>(address && `/v1/wallets/${address}`);
  return { entry: data?.showers.find((entry) => entry.shower === shower), known: data !== undefined };
}

export function Mine({ shower, address }: { shower: Shower; address: string }) {
  const { config } = useLive();
  const { entry, known } = useMine(shower.shower, address);
  const floors = useFloors(shower.shower);
  const unit = config ? unitOf(config.denom) : '';
  const more =
    entry && floors && shower.status === 'open' ? nextTier(BigInt(entry.amount), entry.tier, floors.tiers) : null;
  return (
    <section className={`card stack mine ${entry?.tier ?? ''}`} aria-labelledby="mine">
      <h2 id="mine">{t.shower.mine}</h2>
      <p className="rank" aria-live="polite">
        <span className="place">{entry ? t.shower.rank(formatCount(entry.rank)) : t.shower.noRank}</span>{' '}
        <span className="quiet">{entry && t.shower.of(formatCount(entry.contributors))}</span>
      </p>
      <dl className="facts">
        <div>
          <dt>{t.shower.tier}</dt>
          <dd>{entry ? <TierName tier={entry.tier} /> : t.shower.nothing}</dd>
        </div>
        <div>
          <dt>{t.shower.amount}</dt>
          <dd>
            {formatAmount(BigInt(entry?.amount ?? '0'))} <small>{unit}</small>
          </dd>
        </div>
        <div>
          <dt>{t.shower.odds}</dt>
          <dd>{entry?.odds ? formatPercent(entry.odds.percent) : t.shower.nothing}</dd>
        </div>
      </dl>
      <div className="rise">
        {!entry && <p className="quiet">{known ? t.shower.noneMine : t.loading}</p>}
        {more && <p>{t.shower.toRise(`${formatAmount(more.more)} ${unit}`, t.tiers[more.tier])}</p>}
        {entry && shower.status !== 'open' && entry.meteor == null && <p>{t.shower.states[entry.state]}</p>}
        {entry?.meteor != null && (
          <p>
            <Link to="/cave">{t.shower.toCave(formatCount(BigInt(entry.meteor)))}</Link>
          </p>
        )}
      </div>
      {entry?.odds && (
        <details className="small">
          <summary>{t.shower.exactOdds}</summary>
          <p>
            <code>
              {entry.odds.numerator} / {entry.odds.denominator}
            </code>
          </p>
          <p className="quiet">{t.shower.exactOddsNote}</p>
        </details>
      )}
    </section>
  );
}
