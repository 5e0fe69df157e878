// The counts of a cave, what its wallet contributed, and the way to what became of that.
import type { Schemas } from '../../api/client';
import { useLive } from '../../api/use';
import { formatAmount, formatCount, unitOf } from '../../format/amount';
import { caveText } from '../../strings/cave';
import { KINDS } from './filter';

/** How many contributions are where someone wants to know of them. */
function standing(wallet: Schemas['Wallet']): string {
  const count = (state: Schemas['WalletState']) => wallet.showers.filter((entry) => entry.state === state).length;
  const all = wallet.showers.length;
  const waiting = count('waiting');
  const gone = count('refunded');
  const back = count('refundable');
  return caveText.entries.standing(
    caveText.entries.count(formatCount(all), all === 1),
    waiting > 0 ? caveText.entries.waiting(formatCount(waiting), waiting === 1) : '',
    back > 0 ? caveText.entries.back(formatCount(back), back === 1) : '',
    gone > 0 ? caveText.entries.gone(formatCount(gone)) : '',
  );
}

export function Facts({ wallet }: { wallet: Schemas['Wallet'] | undefined }) {
  const { config } = useLive();
  const unknown = <span className="skeleton">00</span>;
  return (
    <div className="stack tight">
      <dl className="facts cave-facts">
        {KINDS.map((kind) => (
          <div key={kind}>
            <dt>{caveText.counts[kind]}</dt>
            <dd>{wallet ? formatCount(wallet[kind]) : unknown}</dd>
          </div>
        ))}
        <div>
          <dt>{caveText.counts.contributed}</dt>
          <dd>
            {wallet && config ? (
              <>
                {formatAmount(BigInt(wallet.total))} <small>{unitOf(config.denom)}</small>
              </>
            ) : (
              unknown
            )}
          </dd>
        </div>
      </dl>
      {/* On a phone the contributions are far below the tokens. */}
      <p className="small standing">
        {wallet && wallet.showers.length > 0 ? <a href="#entries">{standing(wallet)}</a> : '\u00a0'}
      </p>
    </div>
  );
}
