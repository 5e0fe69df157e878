// Helpers for scripts that talk to a chain with CosmJS: the dev chain or a real node, nothing differs.
import { Secp256k1HdWallet } from "@cosmjs/amino";
import { SigningCosmWasmClient } from "@cosmjs/cosmwasm";
import { stringToPath } from "@cosmjs/crypto";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { GasPrice } from "@cosmjs/stargate";

/** Path of account `index`; Terra's coin type unless told otherwise. */
export function hdPath(index = 0, coinType = 330) {
  return stringToPath(`m/44'/${coinType}'/0'/0/${index}`);
}

/**
 * A wallet with accounts `from` to `from + count - 1` of a mnemonic.
 * `amino: true` signs amino JSON only, as a Ledger does.
 */
export async function wallet(mnemonic, { from = 0, count = 1, prefix = "terra", coinType = 330, amino = false } = {}) {
  const hdPaths = Array.from({ length: count }, (_, i) => hdPath(from + i, coinType));
  const kind = amino ? Secp256k1HdWallet : DirectSecp256k1HdWallet;
  return kind.fromMnemonic(mnemonic, { prefix, hdPaths });
}

/** A signing client that looks for its transactions every 200 ms instead of every 3 s. */
export async function connect(rpc, signer, { gasPrice = "0.15uusd" } = {}) {
  return SigningCosmWasmClient.connectWithSigner(rpc, signer, {
    gasPrice: GasPrice.fromString(gasPrice),
    broadcastPollIntervalMs: 200,
    broadcastTimeoutMs: 30_000,
  });
}

/** First address of a wallet. */
export async function address(signer, index = 0) {
  return (await signer.getAccounts())[index].address;
}

/** Value of the first attribute `key` in the first event of type `type` that has it. */
export function attribute(events, type, key) {
  for (const event of events) {
    if (event.type !== type) continue;
    const found = event.attributes.find((one) => one.key === key);
    if (found) return found.value;
  }
  throw new Error(`no attribute ${type}.${key}`);
}

/** Runs the steps in order, prints each, and stops at the first that fails. */
export async function steps(list) {
  for (const [name, step] of Object.entries(list)) {
    try {
      await step();
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    }
    console.log(`ok ${name}`);
  }
}
