// The best of the ranking. The whole of it is in the Telescope.
import type { Schemas } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';
import { shortAddress } from '../../format/address';
import { formatAmount, formatCount, unitOf } from '../../format/amount';
import { Link } from '../../router';
import { t } from '../../strings';
import { TierMark } from '../../ui/tier';

const SHOWN = 10;

export function Top({ shower, me }: { shower: Shower; me: string | null }) {
  const { config } = useLive();
  const { data } = useApi<Schemas['Ranking']>(`/v1/showers/${shower.shower}/ranking?limit=${SHOWN}`);
  const unit = config ? unitOf(config.denom) : '';
  const rows = data?.ranking ?? [];
  return (
    <section className="card stack tight" aria-labelledby="top">
      <h2 id="top">{t.shower.top}</h2>
      <table className="top-table">
        <thead>
          <tr>
            <th scope="col">{t.shower.rankColumn}</th>
            <th scope="col">{t.shower.contributor}</th>
            <th scope="col" className="end">
              {unit}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.rank} data-me={row.contributor === me || undefined}>
              <td className="number">{formatCount(row.rank)}</td>
              <td>
                <span className={`tier ${row.tier}`}>
                  <TierMark tier={row.tier} />
                  <span className="hide">{t.tiers[row.tier]}</span>
                </span>{' '}
                <Link to={`/cave/${row.contributor}`} title={row.contributor}>
                  {row.contributor === me ? t.shower.you : shortAddress(row.contributor)}
                </Link>
              </td>
              <td className="end">{formatAmount(BigInt(row.amount))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {data && rows.length === 0 && <p className="quiet">{t.shower.noneYet}</p>}
      {data && data.contributors > 0 && (
        <p>
          <Link to={`/telescope/${shower.shower}`}>{t.shower.wholeRanking(formatCount(data.contributors))}</Link>
        </p>
      )}
    </section>
  );
}
