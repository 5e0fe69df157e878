// From a wish to a receipt: simulate, sign, keep, broadcast.
import { get, post } from '../api/client';
import { snapshot } from '../api/live';
import { site } from '../api/site';
import { useTrust } from '../api/trust';
import { useLive } from '../api/use';
import { useStore } from '../store';
import { t } from '../strings';
import { connection } from '../wallets/connection';
import { wordsOf } from '../wallets/errors';
import type { Signer } from '../wallets/signer';
import { toBase64 } from './base64';
import type { Unsigned } from './encode';
import { feeOf } from './fee';
import type { Coin, Fee, Message, Purpose } from './message';
import { add, isOpen, type Receipt, receipts, useReceipts } from './receipts';

export type { Fee, Message, Purpose } from './message';

/** How long a visitor may look at the wallet's window before the transaction can't be used any more (seconds). */
const LIFETIME = 180;
const FEWEST_BLOCKS = 20;

/** What an account has and how many transactions it has made. */
export interface Account {
  exists: boolean;
  account_number: string;
  sequence: string;
  balances: Coin[];
}

export const accountOf = (address: string) => get<Account>(`/v1/accounts/${address}`);

const encoder = () => import('./encode');

async function draft(signer: Signer, messages: readonly Message[], fee: Fee): Promise<Unsigned> {
  const { config, height, pace } = snapshot();
  if (config === null) throw new Error(t.send.noEvent);
  const account = await accountOf(signer.address);
  const blocks = Math.max(FEWEST_BLOCKS, Math.ceil(LIFETIME / pace));
  return {
    chainId: config.chain_id,
    sender: signer.address,
    pubkey: signer.pubkey,
    accountNumber: BigInt(account.account_number),
    sequence: BigInt(account.sequence),
    messages,
    fee,
    memo: '',
    timeoutHeight: BigInt(height + blocks),
  };
}

/** What the transaction will cost, by simulating it now. @throws {ApiError} with the chain's words if it would fail. */
async function estimate(signer: Signer, messages: readonly Message[]): Promise<Fee> {
  const { gas_price: price } = await site();
  if (price === null) throw new Error(t.send.noPrice);
  const { unsigned } = await encoder();
  const tx = unsigned(await draft(signer, messages, { gas: 0n, coins: [] }));
  const { gas_limit } = await post<{ gas_limit: number }>('/v1/simulate', { tx: toBase64(tx) });
  return feeOf(BigInt(gas_limit), price);
}

/** Signs and sends. The receipt is kept before anything leaves this device. */
async function send(
  signer: Signer,
  messages: readonly Message[],
  purpose: Purpose,
  fee: Fee,
  wallet: string,
): Promise<Receipt> {
  const tx = await draft(signer, messages, fee);
  let signed: Uint8Array;
  try {
    signed = await signer.sign(tx);
  } catch (error) {
    throw new Error(wordsOf(error, wallet));
  }
  const { txHash } = await encoder();
  const receipt: Receipt = {
    hash: txHash(signed),
    purpose,
    address: signer.address,
    state: 'signed',
    error: null,
    height: null,
    created: snapshot().time,
    tx: toBase64(signed),
    timeout: Number(tx.timeoutHeight),
    sequence: tx.sequence.toString(),
    tried: false,
  };
  add(receipt);
  return receipt;
}

export interface Sending {
  /** Why nothing can be signed now, in words; null if it can. */
  blocked: string | null;
  estimate: (messages: readonly Message[]) => Promise<Fee>;
  send: (messages: readonly Message[], purpose: Purpose, fee: Fee) => Promise<Receipt>;
}

/** Signing with the connected wallet. One transaction of an account is under way at a time. */
export function useSend(): Sending {
  const live = useLive();
  const trust = useTrust();
  const now = useStore(connection);
  const all = useReceipts();
  const signer = now.is === 'connected' ? now.signer : null;
  const blocked = ((): string | null => {
    if (trust.is === 'wrong') return t.send.wrong;
    if (trust.is === 'unpinned') return t.send.unpinned;
    if (trust.is === 'waiting') return t.send.noEvent;
    if (signer === null) return t.send.noWallet;
    if (live.link === 'lost') return t.send.lost;
    if (all.some((receipt) => receipt.address === signer.address && isOpen(receipt))) return t.send.busy;
    return null;
  })();
  const need = (): Signer => {
    if (signer === null) throw new Error(t.send.noWallet);
    return signer;
  };
  return {
    blocked,
    estimate: async (messages) => estimate(need(), messages),
    send: async (messages, purpose, fee) => {
      const signer = need();
      if (receipts.get().some((receipt) => receipt.address === signer.address && isOpen(receipt)))
        throw new Error(t.send.busy);
      return send(signer, messages, purpose, fee, now.is === 'connected' ? now.name : '');
    },
  };
}
