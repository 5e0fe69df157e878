// Receipts of what was signed here: kept in this browser, followed until their fate is certain, whatever happens meanwhile.
import { ApiError, get, post, type Schemas } from '../api/client';
import { snapshot } from '../api/live';
import { Store, useStore } from '../store';
import { t } from '../strings';
import type { Purpose } from './message';

/**
 * `signed`: the bytes exist, no node is known to have them. `sent`: a node has them. `block`: the chain has executed it.
 * `credited`: the figures of this page contain it. `failed`: refused, or in a block without effect. `expired`: it never got
 * into a block and never will. `unsure`: the account has used its place in line, but our nodes can't look it up.
 */
export type ReceiptState = 'signed' | 'sent' | 'block' | 'credited' | 'failed' | 'expired' | 'unsure';

export interface Receipt {
  hash: string;
  purpose: Purpose;
  address: string;
  state: ReceiptState;
  /** Why it failed, in words. */
  error: string | null;
  /** Its block; null before. A failed one with a block has cost its fee. */
  height: number | null;
  /** When it was signed (Unix seconds, by the chain). */
  created: number;
  /** The signed bytes (base64), for broadcasting the same again. */
  tx: string;
  /** The last height at which the chain takes it. */
  timeout: number;
  /** The account's sequence in it: an account that is past it has used it, for this transaction or for another. */
  sequence: string;
  /** Whether it was broadcast before: a node may have it, whatever a later broadcast is answered. */
  tried: boolean;
}

const KEPT = 50;
/** Blocks to wait beyond the timeout before it counts as expired: a node may lag. */
const GRACE = 2;
const AGAIN = 10_000;

export const receipts = new Store<readonly Receipt[]>([]);
let store = '';

/** Receipts, newest first. */
export function useReceipts(): readonly Receipt[] {
  return useStore(receipts);
}

export function isOpen(receipt: Receipt): boolean {
  return receipt.state === 'signed' || receipt.state === 'sent' || receipt.state === 'block';
}

/** Reads what an earlier visit left, and follows it. Called once, when the event is known. */
export function load(contract: string): void {
  if (store !== '') return;
  store = `meteor.receipts.${contract}`;
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(store) ?? '[]');
    if (Array.isArray(kept)) receipts.set(kept as Receipt[]);
  } catch {
    // What can't be read is worth nothing; the chain has it all.
  }
  for (const receipt of receipts.get().filter(isOpen)) void pursue(receipt.hash);
}

function save(all: readonly Receipt[]): void {
  receipts.set(all.slice(0, KEPT));
  try {
    localStorage.setItem(store, JSON.stringify(receipts.get()));
  } catch {
    // A full or forbidden storage: the receipt lives as long as the page.
  }
}

function update(hash: string, part: Partial<Receipt>): void {
  save(receipts.get().map((receipt) => (receipt.hash === hash ? { ...receipt, ...part } : receipt)));
}

const find = (hash: string) => receipts.get().find((receipt) => receipt.hash === hash);

/** Keeps a receipt before its transaction is sent anywhere, and follows it. */
export function add(receipt: Receipt): void {
  save([receipt, ...receipts.get()]);
  void pursue(receipt.hash);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Follows one until its fate is certain. */
async function pursue(hash: string): Promise<void> {
  let sent = Number.NEGATIVE_INFINITY;
  for (;;) {
    const receipt = find(hash);
    if (!receipt || !isOpen(receipt)) return;
    if (receipt.state === 'block') await credit(receipt);
    else {
      const due = performance.now() - sent > AGAIN;
      if (due) sent = performance.now();
      await step(receipt, due);
    }
    const wait = Math.min(3_000, Math.max(500, snapshot().pace * 500));
    if (isOpen(find(hash) ?? receipt)) await pause(wait);
  }
}

interface Found {
  height: number | null;
  code: number;
  log: string;
}

async function step(receipt: Receipt, broadcast: boolean): Promise<void> {
  let refusal: ApiError | null = null;
  const first = !receipt.tried;
  if (broadcast) {
    if (first) update(receipt.hash, { tried: true });
    try {
      await post('/v1/txs', { tx: receipt.tx });
      if (receipt.state === 'signed') update(receipt.hash, { state: 'sent' });
    } catch (error) {
      // Without an answer nobody knows whether it arrived: the same bytes are sent again, which does no harm.
      if (error instanceof ApiError && !error.unknown) refusal = error;
    }
  }
  try {
    const found = await get<Found>(`/v1/txs/${receipt.hash}`);
    if (found.height !== null) {
      const good = found.code === 0;
      update(receipt.hash, { state: good ? 'block' : 'failed', height: found.height, error: good ? null : found.log });
      return;
    }
  } catch {
    return;
  }
  // It is in no block. A refusal of the first broadcast is final; a later one only says that a node has forgotten it.
  if (refusal && first) update(receipt.hash, { state: 'failed', error: refusal.message });
  else if (snapshot().height > receipt.timeout + GRACE) await conclude(receipt);
}

/** Its time is over and it was not found. Nodes without an index find nothing, but the account's sequence tells. */
async function conclude(receipt: Receipt): Promise<void> {
  try {
    const { sequence } = await get<Schemas['Account']>(`/v1/accounts/${receipt.address}`);
    if (BigInt(sequence) > BigInt(receipt.sequence)) update(receipt.hash, { state: 'unsure', error: t.receipt.unsure });
    else update(receipt.hash, { state: 'expired', error: t.receipt.expired });
  } catch {
    // Asked again.
  }
}

/** It is credited once the figures describe its block. */
async function credit(receipt: Receipt): Promise<void> {
  try {
    const wallet = await get<Schemas['Wallet']>(`/v1/wallets/${receipt.address}`);
    if (wallet.height >= (receipt.height ?? 0)) update(receipt.hash, { state: 'credited' });
  } catch {
    // Asked again.
  }
}
