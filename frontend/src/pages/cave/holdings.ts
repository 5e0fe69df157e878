// Everything a wallet holds: all pages of its cave, asked for again when figures change; the last known stays meanwhile.
import { useEffect, useRef, useState } from 'react';
import { ApiError, get, type Schemas } from '../../api/client';
import { useLive } from '../../api/use';
import { keyOf, type Nft } from './filter';

export type Cracking = Schemas['Cracking'];

export interface Holdings {
  address: string;
  nfts: readonly Nft[];
  /** What waits for its reveal, at most 100. */
  cracking: readonly Cracking[];
  /** How many NFTs the wallet holds. */
  count: number;
  /** Height that the first page describes. */
  height: number;
  /** Whether all pages are in `nfts`. */
  whole: boolean;
}

const PAGE = 100;
/** A pause between two readings (ms): a cave of many pages isn't asked for more often. */
const PAUSE = 1_000;

/** Reads all pages; `partly` gets what is known so far. Null if `stop` says so. @throws {ApiError} */
async function read(
  address: string,
  partly: (holdings: Holdings) => void,
  stop: () => boolean,
): Promise<Holdings | null> {
  const nfts = new Map<string, Nft>();
  let path: string | null = `/v1/caves/${address}?limit=${PAGE}`;
  let first: Schemas['Cave'] | null = null;
  while (path !== null) {
    const page: Schemas['Cave'] = await get<Schemas['Cave']>(path);
    if (stop()) return null;
    first ??= page;
    // Tokens may move between two pages. Whatever that does, no token is there twice.
    for (const nft of page.nfts) nfts.set(keyOf(nft), nft);
    path = page.next ?? null;
    const { cracking, count, height } = first;
    const holdings = { address, nfts: [...nfts.values()], cracking, count, height, whole: path === null };
    if (path === null) return holdings;
    partly(holdings);
  }
  return null;
}

export interface Known {
  holdings: Holdings | undefined;
  error: ApiError | null;
}

const NOTHING: Known = { holdings: undefined, error: null };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function useHoldings(address: string | null): Known {
  const { changed, link } = useLive();
  const [known, setKnown] = useState(NOTHING);
  const again = useRef<() => void>(() => undefined);
  const away = link === 'lost';
  useEffect(() => {
    if (address === null || away) return;
    let stopped = false;
    let running = false;
    let wanted = false;
    const mine = (old: Known) => old.holdings?.address === address;
    // Only the first reading shows pages as they come: later ones would make the cave shrink and grow again.
    const partly = (holdings: Holdings) =>
      setKnown((old) => (mine(old) && old.holdings?.whole ? old : { holdings, error: null }));
    const once = async () => {
      try {
        const holdings = await read(address, partly, () => stopped);
        if (holdings) setKnown({ holdings, error: null });
      } catch (error) {
        const failure = error instanceof ApiError ? error : new ApiError(0, String(error));
        if (!stopped) setKnown((old) => ({ holdings: mine(old) ? old.holdings : undefined, error: failure }));
      }
    };
    // A change while it reads is one more reading afterwards: a busy chain must not interrupt it for ever.
    const run = async () => {
      if (running) {
        wanted = true;
        return;
      }
      running = true;
      do {
        wanted = false;
        await once();
        await pause(PAUSE);
      } while (wanted && !stopped);
      running = false;
    };
    again.current = () => void run();
    void run();
    return () => {
      stopped = true;
    };
  }, [address, away]);
  const seen = useRef(changed);
  useEffect(() => {
    if (seen.current === changed) return;
    seen.current = changed;
    again.current();
  }, [changed]);
  return address !== null && (known.holdings?.address ?? address) === address ? known : NOTHING;
}
