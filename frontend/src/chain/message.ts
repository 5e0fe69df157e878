// What can be signed: calls of the event's contracts, in the form both signing modes need.
import type { Schemas } from '../api/client';
import type { ExecuteMsg as HatcheryMsg } from './messages/hatchery';
import type { ExecuteMsg as NftMsg } from './messages/nft';
import type { ExecuteMsg as ShowerMsg } from './messages/shower';

export interface Coin {
  denom: string;
  /** In the denom's smallest unit, decimal digits. */
  amount: string;
}

/** A call of one of the event's contracts. */
export interface Message {
  contract: string;
  msg: object;
  funds?: Coin[];
}

export interface Fee {
  gas: bigint;
  coins: Coin[];
}

/** What a transaction is for: what its receipt says. */
export type Purpose =
  | { kind: 'contribute'; shower: number; amount: string }
  | { kind: 'crack'; tokens: string[] }
  | { kind: 'reclaim'; tokens: string[] };

type Config = Schemas['Config'];

export function contribute(config: Config, shower: number, micro: bigint): Message {
  const msg: ShowerMsg = { contribute: { shower } };
  return { contract: config.contract, msg, funds: [{ denom: config.denom, amount: micro.toString() }] };
}

/** Sends meteors to the hatchery; null before its address is known. */
export function crack(config: Config, tokens: readonly string[]): Message[] | null {
  const { address } = config.meteors;
  const hatchery = config.hatchery.address;
  if (!address || !hatchery) return null;
  return tokens.map((token_id) => {
    // `send_nft`, never `transfer_nft`, which would strand the meteor.
    const msg: NftMsg = { send_nft: { contract: hatchery, token_id } };
    return { contract: address, msg };
  });
}

/** Takes back what was not revealed in time; null before the hatchery's address is known. */
export function reclaim(config: Config, tokens: readonly string[]): Message[] | null {
  const { address } = config.hatchery;
  if (!address) return null;
  return tokens.map((token_id) => {
    const msg: HatcheryMsg = { reclaim: { token_id } };
    return { contract: address, msg };
  });
}
