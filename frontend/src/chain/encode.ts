// Protobuf: bodies, sign documents and transactions. Loaded only once something is to be signed.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { PubKey } from 'cosmjs-types/cosmos/crypto/secp256k1/keys';
import { SignMode } from 'cosmjs-types/cosmos/tx/signing/v1beta1/signing';
import { AuthInfo, SignDoc, TxBody, TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx';
import { MsgExecuteContract } from 'cosmjs-types/cosmwasm/wasm/v1/tx';
import type { Fee, Message } from './message';

export interface Unsigned {
  chainId: string;
  sender: string;
  pubkey: Uint8Array;
  accountNumber: bigint;
  sequence: bigint;
  messages: readonly Message[];
  fee: Fee;
  memo: string;
  /** Last height at which the chain takes it: afterwards its fate is certain. */
  timeoutHeight: bigint;
}

/** A sign document of the amino mode, as wallets with a Ledger need it. */
export interface AminoDoc {
  chain_id: string;
  account_number: string;
  sequence: string;
  fee: { amount: readonly { denom: string; amount: string }[]; gas: string };
  msgs: readonly { type: string; value: unknown }[];
  memo: string;
  timeout_height?: string;
}

const utf8 = new TextEncoder();

export function body(tx: Unsigned, memo = tx.memo): Uint8Array {
  const messages = tx.messages.map(({ contract, msg, funds = [] }) => ({
    typeUrl: '/cosmwasm.wasm.v1.MsgExecuteContract',
    value: MsgExecuteContract.encode(
      MsgExecuteContract.fromPartial({ sender: tx.sender, contract, msg: utf8.encode(JSON.stringify(msg)), funds }),
    ).finish(),
  }));
  return TxBody.encode(TxBody.fromPartial({ messages, memo, timeoutHeight: tx.timeoutHeight })).finish();
}

export function authInfo(tx: Unsigned, mode: 'direct' | 'amino', fee: Fee = tx.fee): Uint8Array {
  const publicKey = {
    typeUrl: '/cosmos.crypto.secp256k1.PubKey',
    value: PubKey.encode(PubKey.fromPartial({ key: tx.pubkey })).finish(),
  };
  const single = { mode: mode === 'direct' ? SignMode.SIGN_MODE_DIRECT : SignMode.SIGN_MODE_LEGACY_AMINO_JSON };
  return AuthInfo.encode(
    AuthInfo.fromPartial({
      signerInfos: [{ publicKey, modeInfo: { single }, sequence: tx.sequence }],
      fee: { amount: fee.coins, gasLimit: fee.gas },
    }),
  ).finish();
}

/** The bytes that are signed in the direct mode. */
export function signBytes(tx: Unsigned): Uint8Array {
  const { chainId, accountNumber } = tx;
  const doc = { bodyBytes: body(tx), authInfoBytes: authInfo(tx, 'direct'), chainId, accountNumber };
  return SignDoc.encode(SignDoc.fromPartial(doc)).finish();
}

export function aminoDoc(tx: Unsigned): AminoDoc {
  const msgs = tx.messages.map(({ contract, msg, funds = [] }) => ({
    type: 'wasm/MsgExecuteContract',
    value: { sender: tx.sender, contract, msg, funds },
  }));
  return {
    chain_id: tx.chainId,
    account_number: tx.accountNumber.toString(),
    sequence: tx.sequence.toString(),
    fee: { amount: tx.fee.coins, gas: tx.fee.gas.toString() },
    msgs,
    memo: tx.memo,
    ...(tx.timeoutHeight > 0n ? { timeout_height: tx.timeoutHeight.toString() } : {}),
  };
}

export function raw(bodyBytes: Uint8Array, authInfoBytes: Uint8Array, signature: Uint8Array): Uint8Array {
  return TxRaw.encode(TxRaw.fromPartial({ bodyBytes, authInfoBytes, signatures: [signature] })).finish();
}

/** A transaction to simulate: the chain doesn't look at its signature. */
export function unsigned(tx: Unsigned): Uint8Array {
  return raw(body(tx), authInfo(tx, 'direct'), new Uint8Array(64));
}

/** A transaction's hash, as nodes and explorers write it: upper-case hex. */
export function txHash(tx: Uint8Array): string {
  return bytesToHex(sha256(tx)).toUpperCase();
}
