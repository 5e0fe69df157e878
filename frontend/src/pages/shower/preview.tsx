// "Rank 57, Rare, 27.4 %", and what ten more would change.
import { formatAmount, formatCount, formatPercent } from '../../format/amount';
import { t } from '../../strings';
import { TierName } from '../../ui/tier';
import { type Quote, useQuote } from './quote';

const TEN = 10_000_000n;

interface Props {
  id: string;
  /** Why the amount can't be given; said instead of a rank. */
  problem: string | null;
  shower: number;
  /** What the wallet has in the shower (micro-denom). */
  mine: bigint;
  add: bigint | null;
  address: string | null;
  unit: string;
}

export function Preview({ id, problem, shower, mine, add, address, unit }: Props) {
  const quote = useQuote(shower, mine, add, address);
  const more = useQuote(shower, mine, add === null ? null : add + TEN, address);
  return (
    <div id={id} className="preview" aria-live="polite">
      {problem !== null ? (
        <p className="danger">{problem}</p>
      ) : add === null ? (
        <p className="quiet">{t.contribute.previewEmpty}</p>
      ) : quote ? (
        <>
          <p className="would">
            <span className="big">{t.shower.rank(formatCount(quote.rank))}</span> <TierName tier={quote.tier} />
            {quote.odds && <span className="number"> {t.contribute.oddsOf(formatPercent(quote.odds.percent))}</span>}
          </p>
          {mine > 0n && <p className="small quiet">{t.contribute.becomes(`${formatAmount(mine + add)} ${unit}`)}</p>}
          {more && <p className="small quiet">{difference(quote, more, unit)}</p>}
        </>
      ) : (
        <p className="quiet">{t.loading}</p>
      )}
    </div>
  );
}

function difference(now: Quote, more: Quote, unit: string): string {
  const ten = `${formatAmount(TEN)} ${unit}`;
  if (now.rank === more.rank) return t.contribute.tenNothing(ten);
  const odds = more.odds ? formatPercent(more.odds.percent) : '';
  return t.contribute.tenMore(ten, formatCount(more.rank), t.tiers[more.tier], odds);
}
