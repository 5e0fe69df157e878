// Contributes without a browser: other people's contributions, signed here and sent through the relay.
import { makeAuthInfoBytes, makeSignDoc } from '@cosmjs/proto-signing';
import { PubKey } from 'cosmjs-types/cosmos/crypto/secp256k1/keys';
import { TxBody, TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx';
import { MsgExecuteContract } from 'cosmjs-types/cosmwasm/wasm/v1/tx';
import type { Demo } from './demo';
import { Account } from './wallet';

interface Config {
  chain_id: string;
  contract: string;
  denom: string;
}

interface OnChain {
  account_number: string;
  sequence: string;
}

const GAS = 500_000;
export const UST = 1_000_000n;

/** Gives a new account the demo's play money, and waits until it is there. */
export async function fund(demo: Demo, address: string): Promise<void> {
  await demo.post('/demo/faucet', { address });
  await demo.expect<{ exists: boolean }>(`/v1/accounts/${address}`, ({ exists }) => exists);
}

/** Contributes `micro` to `shower`, and waits until the indexer has it. Answers with the hash. */
export async function contribute(demo: Demo, account: Account, shower: number, micro: bigint): Promise<string> {
  const { chain_id, contract, denom } = await demo.get<Config>('/v1/config');
  const site = await demo.get<{ gas_price: { denom: string; price: string } }>('/v1/site');
  const { account_number, sequence } = await demo.get<OnChain>(`/v1/accounts/${account.address}`);
  const message = MsgExecuteContract.fromPartial({
    sender: account.address,
    contract,
    msg: Buffer.from(JSON.stringify({ contribute: { shower } })),
    funds: [{ denom, amount: String(micro) }],
  });
  const body = TxBody.fromPartial({
    messages: [{ typeUrl: '/cosmwasm.wasm.v1.MsgExecuteContract', value: MsgExecuteContract.encode(message).finish() }],
  });
  const bodyBytes = TxBody.encode(body).finish();
  const fee = Math.ceil(GAS * Number(site.gas_price.price));
  const pubkey = {
    typeUrl: '/cosmos.crypto.secp256k1.PubKey',
    value: PubKey.encode(PubKey.fromPartial({ key: account.pubkey })).finish(),
  };
  const authInfoBytes = makeAuthInfoBytes(
    [{ pubkey, sequence: BigInt(sequence) }],
    [{ denom: site.gas_price.denom, amount: String(fee) }],
    GAS,
    undefined,
    undefined,
  );
  const doc = makeSignDoc(bodyBytes, authInfoBytes, chain_id, BigInt(account_number));
  const { signature } = await account.direct.signDirect(account.address, doc);
  const raw = TxRaw.fromPartial({
    bodyBytes,
    authInfoBytes,
    signatures: [Buffer.from(signature.signature, 'base64')],
  });
  const tx = Buffer.from(TxRaw.encode(raw).finish()).toString('base64');
  const { hash } = await demo.post<{ hash: string }>('/v1/txs', { tx });
  const found = await demo.expect<{ height: number | null; code: number; log: string }>(
    `/v1/txs/${hash}`,
    ({ height }) => height !== null,
  );
  if (found.code !== 0) throw new Error(`the chain refused a contribution: ${found.log}`);
  await demo.expect<{ height: number }>(
    `/v1/wallets/${account.address}`,
    ({ height }) => height >= Number(found.height),
  );
  return hash;
}

/** Has `count` new wallets contribute to the first shower: 12, 19, 26 ... UST, so that all tiers fill. */
export async function crowd(demo: Demo, count: number): Promise<Account[]> {
  await demo.expect<{ current: number | null }>('/v1/showers', ({ current }) => current === 1);
  const accounts = await Promise.all(Array.from({ length: count }, () => Account.random()));
  await Promise.all(
    accounts.map(async (account, at) => {
      await fund(demo, account.address);
      await contribute(demo, account, 1, (12n + 7n * BigInt(at)) * UST);
    }),
  );
  return accounts;
}
