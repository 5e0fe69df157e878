// The demo's wallet: a key made in this browser for play money. Never offered outside a demo.

import { hmac } from '@noble/hashes/hmac.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as secp from '@noble/secp256k1';
import { bech32 } from '@scure/base';
import { post } from '../api/client';
import { fromBase64, toBase64 } from '../chain/base64';
import { authInfo, body, raw, signBytes, type Unsigned } from '../chain/encode';
import type { Signer } from './signer';

secp.hashes.sha256 = sha256;
secp.hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

const STORE = 'meteor.play-key';

function key(): Uint8Array {
  const kept = localStorage.getItem(STORE);
  if (kept) return fromBase64(kept);
  const fresh = secp.utils.randomSecretKey();
  localStorage.setItem(STORE, toBase64(fresh));
  return fresh;
}

/** The demo's wallet. `name` is what it is called on the page. */
export function playSigner(prefix: string, name: string): Signer {
  const secret = key();
  const pubkey = secp.getPublicKey(secret, true);
  const address = bech32.encode(prefix, bech32.toWords(ripemd160(sha256(pubkey))));
  return {
    address,
    label: name,
    pubkey,
    ledger: false,
    sign: async (tx: Unsigned) => raw(body(tx), authInfo(tx, 'direct'), secp.sign(signBytes(tx), secret)),
  };
}

/** Asks the demo for play money. It gives some once for each address. */
export async function askForPlayMoney(address: string): Promise<void> {
  await post('/demo/faucet', { address });
}
