// The shower that is open: countdown, contribute, floors and odds, my rank, the best.
import { useDemo } from '../../api/demo';
import { useLive } from '../../api/use';
import { ReceiptLine } from '../../chain/receipt';
import { useReceipts } from '../../chain/receipts';
import { t } from '../../strings';
import { useWallet } from '../../wallets/use';
import { Contribute } from './contribute';
import { Floors } from './floors';
import { Guide } from './guide';
import { Hero } from './hero';
import { Mine } from './mine';
import { Over } from './over';
import { phaseOf } from './phase';
import { Refunding } from './refunding';
import { Top } from './top';
import './shower.css';

export function Shower() {
  const { showers } = useLive();
  const { account } = useWallet();
  // Until it answers, a page without an event compiled in counts as a demo's: then nothing moves when it does.
  const demo = useDemo() !== null;
  const phase = phaseOf(showers);
  if (phase === null) return <p className="quiet">{t.shower.waiting}</p>;
  const { shower } = phase;
  return (
    <div className="columns">
      <div className="stack">
        <Hero phase={phase} />
        <Refunding showers={showers} />
        {phase.is === 'over' ? <Over showers={showers} /> : <Contribute phase={phase} />}
        {account && <Mine shower={shower} address={account.address} />}
        <Receipts />
      </div>
      <div className="stack">
        {demo && <Guide />}
        <Floors shower={shower} />
        <Top shower={shower} me={account?.address ?? null} />
        {!demo && <Guide />}
      </div>
    </div>
  );
}

/** What was signed in this browser, newest first. */
function Receipts() {
  const all = useReceipts();
  if (all.length === 0) return null;
  return (
    <section className="card stack tight" aria-labelledby="receipts">
      <h2 id="receipts">{t.receipt.title}</h2>
      {all.slice(0, 6).map((receipt) => (
        <ReceiptLine key={receipt.hash} receipt={receipt} />
      ))}
    </section>
  );
}
