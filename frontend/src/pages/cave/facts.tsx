// The counts of a cave, and what its wallet contributed.
import type { Schemas } from '../../api/client';
import { useLive } from '../../api/use';
import { formatAmount, formatCount, unitOf } from '../../format/amount';
import { t } from '../../strings';
import { KINDS } from './filter';

export function Facts({ wallet }: { wallet: Schemas['Wallet'] | undefined }) {
  const { config } = useLive();
  const unknown = <span className="skeleton">00</span>;
  return (
    <dl className="facts cave-facts">
      {KINDS.map((kind) => (
        <div key={kind}>
          <dt>{t.cave.counts[kind]}</dt>
          <dd>{wallet ? formatCount(wallet[kind]) : unknown}</dd>
        </div>
      ))}
      <div>
        <dt>{t.cave.counts.contributed}</dt>
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
  );
}
