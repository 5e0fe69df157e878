// Meteors that are cracked and wait for their reveal; those that weren't revealed in time can be taken back.
import { useState } from 'react';
import { useChainTime } from '../../api/use';
import { ReceiptLine } from '../../chain/receipt';
import { isOpen, useReceipts } from '../../chain/receipts';
import { formatCount } from '../../format/amount';
import { formatMoment } from '../../format/time';
import { t } from '../../strings';
import { Notice } from '../../ui/notice';
import { Picture } from '../../ui/picture';
import { ReclaimSheet } from './back';
import type { Cracking, Holdings } from './holdings';
import { MOST } from './limits';
import { useMeteors } from './meteors';
import { openStage, type Watching } from './watch';

/** The server lists so many of them. */
const LISTED = 100;

export function Custody({ holdings, mine, watching }: { holdings: Holdings; mine: boolean; watching: Watching }) {
  const { cracking } = holdings;
  const { now } = useChainTime(5_000);
  const meteors = useMeteors(cracking.map((one) => one.token_id));
  const [back, setBack] = useState<readonly string[] | null>(null);
  const ready = watching.all.filter((one) => one.stage === 'found' && !one.seen);
  const late = cracking.filter((one) => now >= one.reclaim_at);
  const takable = late.slice(0, MOST);
  const one = takable.length === 1;
  return (
    <>
      {ready.length > 0 && (
        <Notice kind="good" title={t.cave.custody.ready(formatCount(ready.length), ready.length === 1)} live>
          <p>
            <button type="button" className="button main little" onClick={openStage}>
              {t.cave.custody.see(ready.length === 1)}
            </button>
          </p>
        </Notice>
      )}
      {mine && <Returning address={holdings.address} />}
      {cracking.length > 0 && (
        <section className="card stack tight" aria-labelledby="custody">
          <div className="row spread">
            <h2 id="custody">{t.cave.custody.title}</h2>
            {mine && late.length < cracking.length && (
              <button type="button" className="button little" onClick={openStage}>
                {t.cave.custody.watch}
              </button>
            )}
          </div>
          <ul className="custody">
            {[...late, ...cracking.filter((one) => now < one.reclaim_at)].map((one) => (
              <Waiting
                key={one.token_id}
                one={one}
                nft={meteors.get(one.token_id)}
                late={now >= one.reclaim_at}
                mine={mine}
              />
            ))}
          </ul>
          {cracking.length >= LISTED && <p className="small quiet">{t.cave.custody.more(formatCount(LISTED))}</p>}
          {mine && takable.length > 0 && (
            <p>
              <button type="button" className="button main" onClick={() => setBack(takable.map((one) => one.token_id))}>
                {t.cave.custody.takeBack(formatCount(takable.length), one)}
              </button>
            </p>
          )}
        </section>
      )}
      {back && <ReclaimSheet tokens={back} onClose={() => setBack(null)} />}
    </>
  );
}

function Waiting({
  one,
  nft,
  late,
  mine,
}: {
  one: Cracking;
  nft: ReturnType<ReturnType<typeof useMeteors>['get']>;
  late: boolean;
  mine: boolean;
}) {
  const until = formatMoment(one.reclaim_at);
  const words = late
    ? mine
      ? t.cave.custody.late
      : t.cave.custody.lateOther
    : mine
      ? t.cave.custody.waits(until)
      : t.cave.custody.waitsOther(until);
  return (
    <li className={nft?.tier}>
      <span className="custody-picture" data-waiting={!late}>
        {nft && <Picture nft={nft} size={64} />}
      </span>
      <span className="stack tight">
        <strong>{nft?.name ?? t.cave.entries.meteor(one.token_id)}</strong>
        <span className="small">{words}</span>
      </span>
    </li>
  );
}

/** The taking back that is under way, or went wrong. */
function Returning({ address }: { address: string }) {
  const all = useReceipts().filter((one) => one.address === address && one.purpose.kind === 'reclaim');
  const [last] = all;
  if (!last || last.state === 'credited') return null;
  return isOpen(last) || last.state === 'failed' || last.state === 'expired' ? (
    <section className="card">
      <ReceiptLine receipt={last} />
    </section>
  ) : null;
}
