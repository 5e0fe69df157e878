// The cave page: what a wallet holds and what became of its contributions. `/cave` is mine, `/cave/{address}` anyone's.
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { Schemas } from '../../api/client';
import { useApi, useLive } from '../../api/use';
import { go, Link, usePath, useSearch } from '../../router';
import { caveText } from '../../strings/cave';
import { Copy } from '../../ui/copy';
import { Notice } from '../../ui/notice';
import { remembered } from '../../wallets/connection';
import { useWallet } from '../../wallets/use';
import { EmptyCard } from './card';
import { Collection } from './collection';
import { Custody } from './custody';
import { Door } from './door';
import { Entries } from './entries';
import { Facts } from './facts';
import { keyOf } from './filter';
import { useHoldings } from './holdings';
import { Look } from './look';
import { useNews } from './news';
import { TokenSheet } from './token';
import { closeStage, useWatching } from './watch';
import './cave.css';

const Reveal = lazy(() => import('./reveal').then((part) => ({ default: part.Reveal })));

export function Cave() {
  const [, named] = usePath();
  const { account } = useWallet();
  const coming = useComing();
  const address = named ?? account?.address ?? null;
  if (address === null && !coming) return <Door />;
  return <Of key={address} address={address} mine={named === undefined || named === account?.address} />;
}

/** So long (ms) the wallet of the last visit is waited for. */
const PATIENCE = 4_000;

/** Whether the wallet of the last visit is about to be connected: until then its cave is empty, and no door. */
function useComing(): boolean {
  const { account, busy } = useWallet();
  const [waiting, setWaiting] = useState(remembered);
  const wasBusy = useRef(false);
  useEffect(() => {
    if (busy) wasBusy.current = true;
    else if (wasBusy.current) setWaiting(false);
  }, [busy]);
  useEffect(() => {
    const timer = setTimeout(() => wasBusy.current || setWaiting(false), PATIENCE);
    return () => clearTimeout(timer);
  }, []);
  return waiting && account === null;
}

/** The cave of one wallet; of one that isn't known yet for null. */
function Of({ address, mine }: { address: string | null; mine: boolean }) {
  const [, , collection, id] = usePath();
  const search = useSearch();
  const { config, time } = useLive();
  const { account } = useWallet();
  const { holdings, error } = useHoldings(address);
  const wallet = useApi<Schemas['Wallet']>(address && `/v1/wallets/${address}`);
  const news = useNews(config?.contract, mine, holdings);
  const watching = useWatching(mine, holdings);
  // What wasn't revealed in time isn't waited for.
  const late = new Set(holdings?.cracking.filter((one) => time >= one.reclaim_at).map((one) => one.token_id));
  // A token that was opened here is closed by going back; one that was reached by its address leaves no step.
  const opened = useRef(false);
  const open = () => {
    opened.current = true;
  };
  const close = () => {
    if (opened.current) history.back();
    else go(`/cave/${address}${search}`, { replace: true });
    opened.current = false;
  };

  if (error && holdings === undefined && error.status === 400) return <Refused words={error.message} />;
  return (
    <div className="cave stack">
      <header className="stack tight">
        <h1>{mine ? caveText.mine : caveText.other}</h1>
        {address ? <Copy text={address} label={caveText.whose} /> : <code>{'\u00a0'}</code>}
        {!mine && (
          <p className="small quiet">
            {caveText.readOnly} {account && <Link to="/cave">{caveText.toMine}</Link>}
          </p>
        )}
      </header>
      <Facts wallet={wallet.data} />
      {error && holdings === undefined && error.status !== 0 && (
        <Notice kind="warn" title={caveText.refused}>
          <p>{error.message}</p>
        </Notice>
      )}
      {holdings && (wallet.data || wallet.error) ? (
        <>
          <Custody holdings={holdings} mine={mine} watching={watching} onOpen={open} />
          <div className="cave-parts">
            <Collection
              holdings={holdings}
              mine={mine}
              news={news}
              onOpen={open}
              waiting={wallet.data?.showers.some((entry) => entry.state === 'waiting') ?? false}
            />
            <Entries wallet={wallet.data} mine={mine} onOpen={open} />
          </div>
          <Look />
        </>
      ) : (
        <Coming />
      )}
      {address && collection && id && (
        <TokenSheet
          key={`${collection}-${id}`}
          collection={collection}
          id={id}
          known={holdings?.nfts.find((nft) => keyOf(nft) === `${collection}-${id}`)}
          address={address}
          mine={mine}
          onClose={close}
        />
      )}
      {watching.open && (
        <Suspense>
          <Reveal all={watching.all.filter((one) => !one.past && !late.has(one.id))} onClose={closeStage} />
        </Suspense>
      )}
    </div>
  );
}

/** Where the tokens will be. It is replaced as a whole, so that nothing moves when they come. */
function Coming() {
  return (
    <ul className="tokens" aria-hidden="true">
      {Array.from({ length: 8 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <EmptyCard key={i} />
      ))}
    </ul>
  );
}

/** An address that the server can't read. */
function Refused({ words }: { words: string }) {
  return (
    <div className="stack">
      <h1>{caveText.title}</h1>
      <Notice kind="warn" title={caveText.refused} live>
        <p>{words}</p>
      </Notice>
      <Look />
    </div>
  );
}
