// The best of the ranking. The whole of it is in the Telescope.
import type { Schemas } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';
import { formatCount, unitOf } from '../../format/amount';
import { Link } from '../../router';
import { t } from '../../strings';
import { RankRow, RankRows, Ranks } from '../../ui/ranks';

const SHOWN = 10;

export function Top({ shower, me }: { shower: Shower; me: string | null }) {
  const { config } = useLive();
  const { data } = useApi<Schemas['Ranking']>(`/v1/showers/${shower.shower}/ranking?limit=${SHOWN}`);
  const unit = config ? unitOf(config.denom) : '';
  const rows = data?.ranking ?? [];
  return (
    <section className="card stack tight" aria-labelledby="top">
      <h2 id="top">{t.shower.top}</h2>
      <Ranks label="top" unit={unit}>
        <RankRows>
          {rows.map((row) => (
            <RankRow key={row.rank} row={row} mine={row.contributor === me} />
          ))}
        </RankRows>
      </Ranks>
      {data && rows.length === 0 && <p className="quiet">{t.shower.noneYet}</p>}
      {data && data.contributors > 0 && (
        <p>
          <Link to={`/telescope/${shower.shower}`}>{t.shower.wholeRanking(formatCount(data.contributors))}</Link>
        </p>
      )}
    </section>
  );
}
