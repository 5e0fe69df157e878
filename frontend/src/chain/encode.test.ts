// Our encodings against CosmJS, which shares no code of ours.
import { encodeSecp256k1Pubkey, rawSecp256k1PubkeyToRawAddress, serializeSignDoc } from '@cosmjs/amino';
import { Secp256k1, Secp256k1Signature, sha256 } from '@cosmjs/crypto';
import { encodePubkey, makeAuthInfoBytes, makeSignBytes, makeSignDoc } from '@cosmjs/proto-signing';
import { bech32 } from '@scure/base';
import { TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx';
import { beforeAll, expect, test } from 'vitest';
import { playSigner } from '../wallets/play';
import { aminoDoc, authInfo, body, raw, signBytes, txHash, type Unsigned } from './encode';

const kept = new Map<string, string>();
beforeAll(() => {
  globalThis.localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Storage;
});

const pubkey = Uint8Array.from({ length: 33 }, (_, at) => (at === 0 ? 2 : at));
const tx: Unsigned = {
  chainId: 'columbus-5',
  sender: 'terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v',
  pubkey,
  accountNumber: 7n,
  sequence: 3n,
  messages: [
    {
      contract: 'terra1contract',
      msg: { contribute: { shower: 2 } },
      funds: [{ denom: 'uusd', amount: '12500000' }],
    },
    { contract: 'terra1nft', msg: { send_nft: { contract: 'terra1hatchery', token_id: '5' } } },
  ],
  fee: { gas: 200_000n, coins: [{ denom: 'uluna', amount: '5665000' }] },
  memo: '',
  timeoutHeight: 1234n,
};

test('sign bytes of the direct mode are those of CosmJS', () => {
  const key = encodePubkey(encodeSecp256k1Pubkey(pubkey));
  const info = makeAuthInfoBytes([{ pubkey: key, sequence: 3 }], tx.fee.coins, 200_000, undefined, undefined);
  expect(authInfo(tx, 'direct')).toEqual(info);
  expect(signBytes(tx)).toEqual(makeSignBytes(makeSignDoc(body(tx), info, tx.chainId, 7)));
});

test('the amino document says the same as the body', () => {
  const doc = aminoDoc(tx);
  expect(doc.msgs[0]).toEqual({
    type: 'wasm/MsgExecuteContract',
    value: {
      sender: tx.sender,
      contract: 'terra1contract',
      msg: { contribute: { shower: 2 } },
      funds: tx.messages[0]?.funds,
    },
  });
  expect(doc.timeout_height).toBe('1234');
  // Sorted and escaped as wallets do it.
  const signed = new TextDecoder().decode(serializeSignDoc(doc as Parameters<typeof serializeSignDoc>[0]));
  expect(signed).toContain('"account_number":"7","chain_id":"columbus-5"');
});

test('the demo’s wallet signs so that the chain accepts it, and keeps its key', async () => {
  const signer = playSigner('terra', 'Demo');
  expect(playSigner('terra', 'Demo').address).toBe(signer.address);
  expect(signer.address).toBe(bech32.encode('terra', bech32.toWords(rawSecp256k1PubkeyToRawAddress(signer.pubkey))));
  const mine = { ...tx, sender: signer.address, pubkey: signer.pubkey };
  const signed = TxRaw.decode(await signer.sign(mine));
  const [signature = new Uint8Array()] = signed.signatures;
  const good = await Secp256k1.verifySignature(
    Secp256k1Signature.fromFixedLength(signature),
    sha256(signBytes(mine)),
    signer.pubkey,
  );
  expect(good).toBe(true);
});

test('a hash is upper-case hex of SHA-256', () => {
  const bytes = raw(body(tx), authInfo(tx, 'direct'), new Uint8Array(64));
  expect(txHash(bytes)).toMatch(/^[0-9A-F]{64}$/);
  expect(txHash(bytes)).toBe(Buffer.from(sha256(bytes)).toString('hex').toUpperCase());
});
