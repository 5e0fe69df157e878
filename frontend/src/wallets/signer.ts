// What the page needs of any wallet, and how a Keplr-shaped one gives it.
import type { Keplr } from '@keplr-wallet/types';
import { fromBase64 } from '../chain/base64';
import type { AminoDoc, Unsigned } from '../chain/encode';

/** An account that can sign. */
export interface Signer {
  address: string;
  /** The account's name in the wallet. */
  label: string;
  pubkey: Uint8Array;
  ledger: boolean;
  /** Signs; answers with the bytes to broadcast, and the fee that the wallet put in. Rejections throw. */
  sign(tx: Unsigned): Promise<Uint8Array>;
}

/** What we use of a wallet's object. Keplr's types, but for the number that newer wallets take as a bigint. */
export type KeplrShaped = Pick<Keplr, 'enable' | 'getKey' | 'signAmino' | 'experimentalSuggestChain'> & {
  signDirect?: (
    chainId: string,
    signer: string,
    doc: { bodyBytes: Uint8Array; authInfoBytes: Uint8Array; chainId: string; accountNumber: bigint },
    options?: { preferNoSetFee?: boolean; preferNoSetMemo?: boolean },
  ) => Promise<{ signed: { bodyBytes: Uint8Array; authInfoBytes: Uint8Array }; signature: { signature: string } }>;
};

const encoder = () => import('../chain/encode');
// The fee was computed and shown here: the wallet should not put another one in.
const KEEP = { preferNoSetFee: true, preferNoSetMemo: true } as const;

/** The account that `wallet` gives for the chain. `aminoOnly` wallets can't sign directly. */
export async function keplrSigner(wallet: KeplrShaped, chainId: string, aminoOnly: boolean): Promise<Signer> {
  const key = await wallet.getKey(chainId);
  const amino = aminoOnly || key.isNanoLedger || typeof wallet.signDirect !== 'function';
  return {
    address: key.bech32Address,
    label: key.name,
    pubkey: key.pubKey,
    ledger: key.isNanoLedger === true,
    sign: (tx) => (amino ? signAmino(wallet, tx) : signDirect(wallet, tx)),
  };
}

async function signDirect(wallet: KeplrShaped, tx: Unsigned): Promise<Uint8Array> {
  const { body, authInfo, raw } = await encoder();
  const { chainId, sender, accountNumber } = tx;
  const doc = { bodyBytes: body(tx), authInfoBytes: authInfo(tx, 'direct'), chainId, accountNumber };
  const answer = await wallet.signDirect?.(chainId, sender, doc, KEEP);
  if (!answer) throw new Error('the wallet gave no signature');
  const { signed, signature } = answer;
  return raw(signed.bodyBytes, signed.authInfoBytes, fromBase64(signature.signature));
}

async function signAmino(wallet: KeplrShaped, tx: Unsigned): Promise<Uint8Array> {
  const { aminoDoc, body, authInfo, raw } = await encoder();
  const doc = aminoDoc(tx);
  const answer = await wallet.signAmino(tx.chainId, tx.sender, doc as Parameters<Keplr['signAmino']>[2], KEEP);
  // The visitor may change fee and memo in the wallet: what was signed counts.
  const signed = answer.signed as AminoDoc;
  const fee = { gas: BigInt(signed.fee.gas), coins: signed.fee.amount.map(({ denom, amount }) => ({ denom, amount })) };
  return raw(body(tx, signed.memo), authInfo(tx, 'amino', fee), fromBase64(answer.signature.signature));
}
