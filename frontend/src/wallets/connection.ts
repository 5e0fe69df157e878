// The connected wallet: connecting, following its changes, and coming back after a reload.
import { snapshot } from '../api/live';
import { Store } from '../store';
import { t } from '../strings';
import { suggestion } from './chain-info';
import { troubleOf, type WalletTrouble, wordsOf } from './errors';
import { keplrSigner, type Signer } from './signer';
import { WALLETS, type WalletRow } from './table';

export type Connection =
  | { is: 'none' }
  | { is: 'connecting'; id: string; name: string }
  | { is: 'connected'; id: string; name: string; signer: Signer }
  | { is: 'failed'; id: string; name: string; trouble: WalletTrouble; words: string };

/** The demo's wallet has this id; it is no row of the table. */
export const PLAY = 'play';

const REMEMBERED = 'meteor.wallet';

export const connection = new Store<Connection>({ is: 'none' });
export const sheetOpen = new Store(false);

// An answer that comes after the visitor chose something else is dropped.
let attempt = 0;
let following = false;

/** Connects the wallet with this id. Its own window asks the visitor; it may take as long as they like. */
export async function connect(id: string): Promise<void> {
  const row = WALLETS.find((wallet) => wallet.id === id);
  const name = row?.name ?? t.wallet.play;
  const { config } = snapshot();
  if (config === null) return;
  attempt += 1;
  const mine = attempt;
  connection.set({ is: 'connecting', id, name });
  try {
    const signer = row ? await signerOf(row, config.chain_id) : await playSigner(config.prefix);
    if (mine !== attempt) return;
    if (!signer.address.startsWith(`${config.prefix}1`)) throw new Error(t.wallet.prefix(config.prefix));
    localStorage.setItem(REMEMBERED, id);
    connection.set({ is: 'connected', id, name, signer });
    sheetOpen.set(false);
  } catch (error) {
    if (mine !== attempt) return;
    connection.set({ is: 'failed', id, name, trouble: troubleOf(error), words: wordsOf(error, name) });
  }
}

async function signerOf(row: WalletRow, chainId: string): Promise<Signer> {
  const wallet = row.find();
  if (!wallet) throw new Error(t.wallet.gone(row.name));
  await wallet.enable(chainId);
  return keplrSigner(wallet, chainId, row.aminoOnly);
}

async function playSigner(prefix: string): Promise<Signer> {
  const { playSigner, askForPlayMoney } = await import('./play');
  const signer = playSigner(prefix, t.wallet.play);
  // It gives each address once; a refusal the second time is no trouble.
  await askForPlayMoney(signer.address).catch(() => undefined);
  return signer;
}

/** Offers the chain to a wallet that doesn't know it, then connects. */
export async function addChain(id: string): Promise<void> {
  const row = WALLETS.find((wallet) => wallet.id === id);
  const { config } = snapshot();
  if (!row || config === null) return;
  attempt += 1;
  connection.set({ is: 'connecting', id, name: row.name });
  try {
    await row.find()?.experimentalSuggestChain(await suggestion(config));
  } catch (error) {
    connection.set({ is: 'failed', id, name: row.name, trouble: troubleOf(error), words: wordsOf(error, row.name) });
    return;
  }
  await connect(id);
}

/** Whether the last visit ended with a wallet, which this one connects again. */
export function remembered(): boolean {
  return localStorage.getItem(REMEMBERED) !== null;
}

export function disconnect(): void {
  attempt += 1;
  localStorage.removeItem(REMEMBERED);
  connection.set({ is: 'none' });
}

/** Follows changes of the wallet, and connects the one of the last visit. Called once, when the event is known. */
export function follow(): void {
  if (following) return;
  following = true;
  for (const row of WALLETS) {
    for (const event of row.events) {
      addEventListener(event, () => {
        const now = connection.get();
        if (now.is !== 'none' && now.id === row.id) void connect(row.id);
      });
    }
  }
  const id = localStorage.getItem(REMEMBERED);
  if (id === null) return;
  // Extensions may put their object in after the page has started.
  const row = WALLETS.find((wallet) => wallet.id === id);
  if (id === PLAY || row?.find()) void connect(id);
  else addEventListener('load', () => void (row?.find() && connect(id)), { once: true });
}
