// Meteors that are cracked and wait for their reveal; those that weren't revealed in time can be taken back.
import { type ReactNode, useRef, useState } from 'react';
import { useChainTime, useLive } from '../../api/use';
import { ReceiptLine } from '../../chain/receipt';
import { isOpen, type Receipt, useReceipts } from '../../chain/receipts';
import { formatCount } from '../../format/amount';
import { formatMoment } from '../../format/time';
import { Link, useSearch } from '../../router';
import { caveText } from '../../strings/cave';
import { Picture } from '../../ui/picture';
import { TierName } from '../../ui/tier';
import { ReclaimSheet } from './back';
import type { Nft } from './filter';
import type { Cracking, Holdings } from './holdings';
import { MOST } from './limits';
import { useMeteors } from './meteors';
import { openStage, type Watched, type Watching } from './watch';

/** The server lists so many of them. */
const LISTED = 100;

export function Custody({
  holdings,
  mine,
  watching,
  onOpen,
}: {
  holdings: Holdings;
  mine: boolean;
  watching: Watching;
  onOpen: () => void;
}) {
  const { cracking } = holdings;
  const { now } = useChainTime(5_000);
  const [back, setBack] = useState<readonly string[] | null>(null);
  const receipt = useReceipt(holdings.address, mine);
  const ids = new Set(cracking.map((one) => one.token_id));
  // What was watched in this visit keeps its line, so that nothing below jumps when it is revealed.
  const others = watching.all.filter((one) => !ids.has(one.id));
  const meteors = useMeteors([...ids, ...others.filter((one) => one.meteor === null).map((one) => one.id)]);
  const ready = others.filter((one) => one.stage === 'found' && !one.seen).length;
  const sent = others.some((one) => one.stage === 'sent');
  const late = cracking.filter((one) => now >= one.reclaim_at);
  const waiting = cracking.filter((one) => now < one.reclaim_at);
  const returning = receipt && isOpen(receipt) && receipt.purpose.kind === 'reclaim' ? receipt.purpose.tokens : [];
  const takable = late.filter((one) => !returning.includes(one.token_id)).slice(0, MOST);
  if (cracking.length === 0 && others.length === 0 && receipt === null) return null;
  return (
    <section className="card stack tight" aria-labelledby="custody">
      <div className="row spread custody-head">
        <h2 id="custody">{caveText.custody.title}</h2>
        {mine && (ready > 0 || sent || waiting.length > 0) && (
          <button type="button" className={`button little ${ready > 0 ? 'main' : ''}`} onClick={openStage}>
            {ready > 0 ? caveText.custody.see(ready === 1) : caveText.custody.watch}
          </button>
        )}
      </div>
      <p className="hide" role="status">
        {ready > 0 && caveText.custody.ready(formatCount(ready), ready === 1)}
      </p>
      <ul className="custody">
        {[...late, ...waiting].map((one) => (
          <Line key={one.token_id} id={one.token_id} nft={meteors.get(one.token_id)} pulse={now < one.reclaim_at}>
            {returning.includes(one.token_id)
              ? caveText.custody.returning
              : waitWords(one, now >= one.reclaim_at, mine)}
          </Line>
        ))}
        {others.map((one) => (
          <Line
            key={one.id}
            id={one.id}
            nft={one.meteor ?? meteors.get(one.id)}
            found={one.seen ? one.found : null}
            pulse={one.stage === 'sent'}
          >
            <OtherWords one={one} address={holdings.address} onOpen={onOpen} />
          </Line>
        ))}
      </ul>
      {cracking.length >= LISTED && <p className="small quiet">{caveText.custody.more(formatCount(LISTED))}</p>}
      {mine && takable.length > 0 && (
        <p>
          <button type="button" className="button main" onClick={() => setBack(takable.map((one) => one.token_id))}>
            {caveText.custody.takeBack(formatCount(takable.length), takable.length === 1)}
          </button>
        </p>
      )}
      {receipt && <ReceiptLine receipt={receipt} />}
      {back && <ReclaimSheet tokens={back} onClose={() => setBack(null)} />}
    </section>
  );
}

function waitWords(one: Cracking, late: boolean, mine: boolean): string {
  if (late) return mine ? caveText.custody.late : caveText.custody.lateOther;
  const until = formatMoment(one.reclaim_at);
  return mine ? caveText.custody.waits(until) : caveText.custody.waitsOther(until);
}

function OtherWords({ one, address, onOpen }: { one: Watched; address: string; onOpen: () => void }) {
  const search = useSearch();
  switch (one.stage) {
    case 'sent':
    case 'cracking':
      return caveText.custody.sent;
    case 'failed':
      return caveText.custody.failed;
    case 'back':
      return caveText.custody.back;
    case 'found': {
      if (!one.seen || !one.found) return caveText.custody.revealed;
      const kind = one.found.collection === 'eggs' ? 'eggs' : 'dust';
      return (
        <Link to={`/cave/${address}/${kind}/${one.id}${search}`} stay onClick={onOpen}>
          {caveText.token.held[kind]}
        </Link>
      );
    }
  }
}

function Line({
  id,
  nft,
  found = null,
  pulse,
  children,
}: {
  id: string;
  nft: Nft | undefined;
  /** What it held: that is pictured then. */
  found?: Nft | null;
  pulse: boolean;
  children: ReactNode;
}) {
  const picture = found ?? nft;
  return (
    <li className={nft?.tier}>
      <span className="custody-picture" data-waiting={pulse}>
        {picture && <Picture nft={picture} size={64} />}
      </span>
      <span className="stack tight">
        <span className="row">
          <strong>{caveText.entries.meteor(id)}</strong>
          {nft && <TierName tier={nft.tier} />}
        </span>
        <span className="small">{children}</span>
      </span>
    </li>
  );
}

/** So long (seconds of the chain) a failed one is said here; the Shower page lists all. */
const RECENT = 3600;

/** The newest crack or taking back: while it is under way, for the rest of the visit, or if it went wrong just now. */
function useReceipt(address: string, mine: boolean): Receipt | null {
  const { time } = useLive();
  const followed = useRef('');
  const last = useReceipts().find((one) => one.address === address && one.purpose.kind !== 'contribute');
  if (!mine || !last) return null;
  if (isOpen(last)) followed.current = last.hash;
  const wrong = last.state === 'failed' || last.state === 'expired';
  return last.hash === followed.current || (wrong && time - last.created < RECENT) ? last : null;
}
