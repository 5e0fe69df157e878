// The shower that is open, and those to come.
import { useState } from 'react';
import { useLive } from '../../api/use';
import { formatAmount, formatCount, unitOf } from '../../format/amount';
import { formatMoment, formatWindow } from '../../format/time';
import { Link } from '../../router';
import { telescopeText } from '../../strings/telescope';

/** Rows that are shown at first. */
const FIRST = 4;

export function Coming() {
  const { config, showers } = useLive();
  const [all, setAll] = useState(false);
  const coming = showers.filter((shower) => shower.status === 'open' || shower.status === 'upcoming');
  const last = coming.at(-1);
  if (showers.length === 0) return null;
  const unit = config ? unitOf(config.denom) : '';
  const rest = coming.length - FIRST;
  const folded = !all && rest > 0;
  return (
    <section className="card stack tight" aria-labelledby="coming">
      <h2 id="coming">{telescopeText.coming}</h2>
      {last === undefined ? (
        <p className="quiet">{telescopeText.comingNone}</p>
      ) : (
        <ul className="coming">
          {coming.slice(0, folded ? FIRST : coming.length).map((shower) => (
            <li key={shower.shower}>
              <Link to={`/telescope/${shower.shower}`}>{telescopeText.showerN(formatCount(shower.shower))}</Link>
              <span>
                {shower.status === 'open'
                  ? telescopeText.comingNow(formatMoment(shower.closes_at))
                  : formatWindow(shower.opens_at, shower.closes_at)}
              </span>
              <span className="quiet small">
                {telescopeText.comingMinimum(`${formatAmount(BigInt(shower.minimum))} ${unit}`)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {folded && last && (
        <div className="row">
          <span className="quiet">
            {telescopeText.comingMore(formatCount(rest), rest === 1, formatMoment(last.closes_at))}
          </span>
          <button type="button" className="button little" onClick={() => setAll(true)}>
            {telescopeText.comingAll(formatCount(coming.length))}
          </button>
        </div>
      )}
    </section>
  );
}
