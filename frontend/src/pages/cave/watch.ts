// The meteors whose reveal is watched: from the crack, through the hatchery, to the egg or dust.
import { useEffect } from 'react';
import { isOpen, type Receipt, useReceipts } from '../../chain/receipts';
import { Store, useStore } from '../../store';
import { keyOf, type Nft } from './filter';
import type { Holdings } from './holdings';

/**
 * `sent`: its transaction is not in the figures yet. `cracking`: the hatchery has it. `found`: it is revealed. `back`: its
 * holder took it back. `failed`: the chain didn't take the transaction, and it is where it was.
 */
export type Stage = 'sent' | 'cracking' | 'found' | 'back' | 'failed';

export interface Watched {
  id: string;
  /** The meteor as it was; null where it isn't known yet. */
  meteor: Nft | null;
  stage: Stage;
  /** What it held. */
  found: Nft | null;
  /** Whether the visitor has seen that. */
  seen: boolean;
  /** Whether that was the last time the reveal was on the screen: it is not shown there again. */
  past: boolean;
  /** The transaction that cracked it; null if that wasn't signed in this visit. */
  hash: string | null;
}

export interface Watching {
  address: string;
  all: readonly Watched[];
  /** Whether the reveal is on the screen. */
  open: boolean;
}

/** Lives as long as the page: what was revealed before a reload is not shown again. */
const watching = new Store<Watching>({ address: '', all: [], open: false });

/** What the figures say of the watched meteors; meteors that wait for their reveal are watched from now on. */
export function advance(
  all: readonly Watched[],
  holdings: Pick<Holdings, 'nfts' | 'cracking'>,
  receipts: readonly Pick<Receipt, 'hash' | 'state'>[],
): readonly Watched[] {
  const held = new Map(holdings.nfts.map((nft) => [keyOf(nft), nft]));
  const waiting = new Set(holdings.cracking.map(({ token_id }) => token_id));
  const known = all.map((one) => step(one, held, waiting, receipts));
  const ids = new Set(all.map(({ id }) => id));
  const fresh = [...waiting].filter((id) => !ids.has(id));
  if (fresh.length === 0 && known.every((one, i) => one === all[i])) return all;
  return [
    ...known,
    ...fresh.map(
      (id): Watched => ({ id, meteor: null, stage: 'cracking', found: null, seen: false, past: false, hash: null }),
    ),
  ];
}

function step(
  one: Watched,
  held: ReadonlyMap<string, Nft>,
  waiting: ReadonlySet<string>,
  receipts: readonly Pick<Receipt, 'hash' | 'state'>[],
): Watched {
  if (one.stage === 'found') return one;
  if (waiting.has(one.id))
    return one.stage === 'cracking' ? one : { ...one, stage: 'cracking', seen: false, past: false };
  const found = held.get(`eggs-${one.id}`) ?? held.get(`dust-${one.id}`);
  if (found) return { ...one, stage: 'found', found };
  if (one.stage === 'cracking') return held.has(`meteors-${one.id}`) ? { ...one, stage: 'back' } : one;
  const receipt = receipts.find(({ hash }) => hash === one.hash);
  if (one.stage === 'sent' && receipt && (receipt.state === 'failed' || receipt.state === 'expired'))
    return { ...one, stage: 'failed' };
  return one;
}

/** Watches meteors from the moment their crack was signed, on the screen. */
export function watchCrack(address: string, meteors: readonly Nft[], hash: string): void {
  const now = watching.get();
  const ids = new Set(meteors.map((nft) => nft.token_id));
  const others = now.address === address ? now.all.filter(({ id }) => !ids.has(id)) : [];
  const fresh = meteors.map(
    (meteor): Watched => ({ id: meteor.token_id, meteor, stage: 'sent', found: null, seen: false, past: false, hash }),
  );
  watching.set({ address, all: [...others, ...fresh], open: true });
}

export function openStage(): void {
  watching.set({ ...watching.get(), open: true });
}

/** Closes it. What was seen and what came to nothing is past. */
export function closeStage(): void {
  const now = watching.get();
  const over = (one: Watched) => one.seen || one.stage === 'failed' || one.stage === 'back';
  watching.set({ ...now, all: now.all.map((one) => (over(one) ? { ...one, past: true } : one)), open: false });
}

export function markSeen(ids: readonly string[]): void {
  const now = watching.get();
  watching.set({ ...now, all: now.all.map((one) => (ids.includes(one.id) ? { ...one, seen: true } : one)) });
}

const NOBODY: Watching = { address: '', all: [], open: false };

/** Follows the reveals in the cave of the connected wallet; nothing in anyone else's. */
export function useWatching(mine: boolean, holdings: Holdings | undefined): Watching {
  const now = useStore(watching);
  const receipts = useReceipts();
  useEffect(() => {
    if (!mine || !holdings?.whole) return;
    const before = watching.get();
    const same = before.address === holdings.address;
    const old = same ? before.all : [];
    const all = advance(old, holdings, receipts);
    if (!same || all !== old) watching.set({ address: holdings.address, all, open: same && before.open });
  }, [mine, holdings, receipts]);
  return mine && now.address === holdings?.address ? now : NOBODY;
}

/** The receipt by which a meteor was cracked, as long as its fate is open or bad. */
export function receiptOf(one: Watched, receipts: readonly Receipt[]): Receipt | undefined {
  const receipt = receipts.find(({ hash }) => hash === one.hash);
  return receipt && (isOpen(receipt) || receipt.state === 'failed' || receipt.state === 'expired')
    ? receipt
    : undefined;
}
