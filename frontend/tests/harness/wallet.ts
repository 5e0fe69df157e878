// A wallet extension for tests: Keplr-shaped objects in the page, real keys and signatures out here.
import { type AminoSignResponse, Secp256k1HdWallet, type StdSignDoc, serializeSignDoc } from '@cosmjs/amino';
import { Secp256k1, Secp256k1Signature, sha256, stringToPath } from '@cosmjs/crypto';
import { DirectSecp256k1HdWallet, makeSignBytes } from '@cosmjs/proto-signing';
import { expect, type Page } from '@playwright/test';
import { AuthInfo, SignDoc, TxRaw } from 'cosmjs-types/cosmos/tx/v1beta1/tx';

export type Place = 'keplr' | 'leap' | 'station.keplr' | 'galaxyStation.keplr';

/** How the wallet and its user behave; may be changed at any time. */
export interface Manner {
  /** `wait`: the wallet is locked, or its user looks away, until `go()`. */
  enable: 'accept' | 'reject' | 'wait';
  /** The chains it knows; `any` all. What is suggested to it and accepted is added. */
  chains: 'any' | string[];
  suggest: 'accept' | 'reject';
  sign: 'accept' | 'reject' | 'wait';
  /** Signs amino only, as with a Ledger or in Galaxy Station. */
  aminoOnly: boolean;
  /** The user raises the fee before signing, to this share of what was proposed. */
  feeTimes: bigint;
}

export interface Call {
  method: string;
  args: unknown[];
}

/** A fee in a signed transaction. */
export interface Fee {
  gas: bigint;
  amount: readonly { denom: string; amount: string }[];
}

const PATH = { hdPaths: [stringToPath("m/44'/330'/0'/0/0")], prefix: 'terra' };

export class Account {
  private constructor(
    readonly direct: DirectSecp256k1HdWallet,
    readonly amino: Secp256k1HdWallet,
    readonly address: string,
    readonly pubkey: Uint8Array,
  ) {}

  static async random(): Promise<Account> {
    const direct = await DirectSecp256k1HdWallet.generate(12, PATH);
    return Account.of(direct.mnemonic);
  }

  static async of(mnemonic: string): Promise<Account> {
    const direct = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, PATH);
    const amino = await Secp256k1HdWallet.fromMnemonic(mnemonic, PATH);
    const [first] = await direct.getAccounts();
    if (!first) throw new Error('no account');
    return new Account(direct, amino, first.address, first.pubkey);
  }
}

export class Wallet {
  readonly manner: Manner = {
    enable: 'accept',
    chains: 'any',
    suggest: 'accept',
    sign: 'accept',
    aminoOnly: false,
    feeTimes: 1n,
  };
  /** What the page asked of it, in order. */
  readonly calls: Call[] = [];
  private askers: (() => void)[] = [];
  private waiting: (() => void)[] = [];

  private constructor(public account: Account) {}

  /** Puts a wallet into `page`, before its scripts run, at each place given. */
  static async install(page: Page, account: Account, places: Place[] = ['keplr']): Promise<Wallet> {
    const wallet = new Wallet(account);
    await page.exposeFunction('__wallet', (method: string, args: string) => wallet.serve(method, args));
    await page.addInitScript(inPage, places);
    return wallet;
  }

  /** Waits until the page has asked for `method` this many times. */
  async asked(method: string, times = 1): Promise<Call> {
    for (;;) {
      const found = this.calls.filter((call) => call.method === method)[times - 1];
      if (found) return found;
      await new Promise<void>((resolve) => this.askers.push(resolve));
    }
  }

  /** Answers what has waited so far. */
  go(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** The user switches to another account in the wallet, which tells the page. */
  async switchTo(page: Page, account: Account): Promise<void> {
    this.account = account;
    await page.evaluate(() => {
      const names = ['keplr', 'leap', 'station'].map((name) => `${name}_keystorechange`);
      for (const name of [...names, 'galaxy_station_wallet_change']) dispatchEvent(new Event(name));
    });
  }

  private async serve(method: string, json: string): Promise<string> {
    const args = JSON.parse(json, revive) as unknown[];
    this.calls.push({ method, args });
    for (const tell of this.askers.splice(0)) tell();
    return JSON.stringify((await this.answer(method, args)) ?? null, plain);
  }

  private async answer(method: string, args: unknown[]): Promise<unknown> {
    switch (method) {
      case 'enable':
        if (this.manner.enable === 'wait') await this.wait();
        if (this.manner.enable === 'reject') throw new Error('Request rejected');
        for (const chain of [args[0]].flat()) this.know(chain as string);
        return;
      case 'experimentalSuggestChain': {
        if (this.manner.suggest === 'reject') throw new Error('Request rejected');
        const { chainId } = args[0] as { chainId: string };
        if (this.manner.chains !== 'any') this.manner.chains.push(chainId);
        return;
      }
      case 'getKey':
        this.know(args[0] as string);
        return {
          name: 'Test wallet',
          algo: 'secp256k1',
          pubKey: this.account.pubkey,
          address: new Uint8Array(20),
          bech32Address: this.account.address,
          ethereumHexAddress: '',
          isNanoLedger: this.manner.aminoOnly,
          isKeystone: false,
        };
      case 'signDirect':
        if (this.manner.aminoOnly) throw new Error('Ledger is not compatible with this coinType right now.');
        await this.asUser(args[1] as string);
        return this.signDirect(args[2] as Doc);
      case 'signAmino':
        await this.asUser(args[1] as string);
        return this.signAmino(args[2] as StdSignDoc);
      default:
        throw new Error(`the test wallet has no ${method}`);
    }
  }

  private know(chain: string): void {
    const { chains } = this.manner;
    if (chains !== 'any' && !chains.includes(chain)) throw new Error(`There is no chain info for ${chain}`);
  }

  private wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private async asUser(signer: string): Promise<void> {
    if (this.manner.sign === 'wait') await this.wait();
    if (this.manner.sign === 'reject') throw new Error('Request rejected');
    if (signer !== this.account.address) throw new Error('Signer mismatched');
  }

  private async signDirect(doc: Doc): Promise<unknown> {
    const { bodyBytes = new Uint8Array(), chainId = '' } = doc;
    const authInfo = AuthInfo.decode(doc.authInfoBytes ?? new Uint8Array());
    for (const coin of authInfo.fee?.amount ?? []) coin.amount = String(BigInt(coin.amount) * this.manner.feeTimes);
    const authInfoBytes = AuthInfo.encode(authInfo).finish();
    const accountNumber = BigInt(doc.accountNumber ?? 0);
    const signed = SignDoc.fromPartial({ bodyBytes, authInfoBytes, chainId, accountNumber });
    const { signature } = await this.account.direct.signDirect(this.account.address, signed);
    return { signed: { bodyBytes, authInfoBytes, chainId, accountNumber }, signature };
  }

  private async signAmino(doc: StdSignDoc): Promise<AminoSignResponse> {
    const times = this.manner.feeTimes;
    const amount = doc.fee.amount.map((coin) => ({ ...coin, amount: String(BigInt(coin.amount) * times) }));
    return this.account.amino.signAmino(this.account.address, { ...doc, fee: { ...doc.fee, amount } });
  }
}

interface Doc {
  bodyBytes?: Uint8Array;
  authInfoBytes?: Uint8Array;
  chainId?: string;
  accountNumber?: bigint;
}

/**
 * Checks a transaction that the page has broadcast against what the wallet was asked to sign: the signature is of
 * `account` over exactly this chain and account number. Answers with its fee.
 */
export async function verifySigned(tx: string, call: Call, account: Account): Promise<Fee> {
  const raw = TxRaw.decode(Buffer.from(tx, 'base64'));
  const authInfo = AuthInfo.decode(raw.authInfoBytes);
  const [signature] = raw.signatures;
  if (!signature || !authInfo.fee) throw new Error('not signed, or without a fee');
  const fee = { gas: authInfo.fee.gasLimit, amount: authInfo.fee.amount };
  let bytes: Uint8Array;
  if (call.method === 'signDirect') {
    const { chainId, accountNumber = 0n } = call.args[2] as Doc;
    expect(chainId).toBe(call.args[0]);
    const { bodyBytes, authInfoBytes } = raw;
    bytes = makeSignBytes(SignDoc.fromPartial({ bodyBytes, authInfoBytes, chainId: chainId ?? '', accountNumber }));
  } else {
    const doc = call.args[2] as StdSignDoc;
    expect(doc.chain_id).toBe(call.args[0]);
    bytes = serializeSignDoc({ ...doc, fee: { gas: String(fee.gas), amount: fee.amount } });
  }
  const compact = Secp256k1Signature.fromFixedLength(signature);
  expect(Secp256k1.verifySignature(compact, sha256(bytes), account.pubkey), 'the signature is right').toBe(true);
  return fee;
}

// Bytes and whole numbers of 64 bits cross the bridge as text.
function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $int: String(value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  return value;
}

function revive(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if ('$int' in value) return BigInt(value.$int as string);
  if ('$bytes' in value) return new Uint8Array(Buffer.from(value.$bytes as string, 'base64'));
  return value;
}

/** Runs in the page: objects shaped like Keplr's, which pass every call on. */
function inPage(places: Place[]): void {
  const send = (globalThis as unknown as { __wallet: (method: string, args: string) => Promise<string> }).__wallet;
  const out = (value: unknown): unknown => {
    if (typeof value === 'bigint') return { $int: String(value) };
    if (value instanceof Uint8Array) return { $bytes: btoa(String.fromCharCode(...value)) };
    if (Array.isArray(value)) return value.map(out);
    if (value === null || typeof value !== 'object') return value;
    // A Long, as Keplr's types have it.
    if ('low' in value && 'high' in value && 'unsigned' in value) return { $int: value.toString() };
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, out(part)]));
  };
  const back = (_: string, value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if ('$int' in value) return BigInt(value.$int as string);
    if ('$bytes' in value) return Uint8Array.from(atob(value.$bytes as string), (char) => char.charCodeAt(0));
    return value;
  };
  const ask = async (method: string, ...args: unknown[]): Promise<unknown> =>
    JSON.parse(await send(method, JSON.stringify(args.map(out))), back) ?? undefined;
  const bind =
    (method: string) =>
    (...args: unknown[]) =>
      ask(method, ...args);
  const keplr: Record<string, unknown> = { version: '0.12.309', mode: 'extension', defaultOptions: {} };
  for (const method of ['enable', 'getKey', 'signDirect', 'signAmino', 'experimentalSuggestChain']) {
    keplr[method] = bind(method);
  }
  for (const place of places) {
    const [name = '', inner] = place.split('.');
    const spot = inner ? { [inner]: keplr } : keplr;
    Object.defineProperty(globalThis, name, { value: spot, configurable: true });
  }
}
