// After the last shower: what there is to do now.
import type { Shower } from '../../api/live';
import { formatCount } from '../../format/amount';
import { Link } from '../../router';
import { t } from '../../strings';

export function Over({ showers }: { showers: readonly Shower[] }) {
  const waiting = showers.filter(({ status }) => status === 'ended' || status === 'closed' || status === 'drawn');
  return (
    <section className="card stack" aria-labelledby="over">
      <h2 id="over">{t.shower.over.title}</h2>
      {waiting.length > 0 && (
        <p>{t.shower.over.minting(waiting.map((shower) => formatCount(shower.shower)).join(', '))}</p>
      )}
      <p>{t.shower.over.crack}</p>
      <div className="row">
        <Link to="/cave" className="button main">
          {t.shower.over.toCave}
        </Link>
        <Link to="/fairness" className="button">
          {t.shower.over.toFairness}
        </Link>
      </div>
    </section>
  );
}
