// What wallets throw, in words. They agree on nothing but that there is a message.
import { t } from '../strings';

export type WalletTrouble = 'rejected' | 'locked' | 'chain' | 'ledger' | 'other';

export function troubleOf(error: unknown): WalletTrouble {
  const text = messageOf(error).toLowerCase();
  if (/reject|denied|declin|cancel/.test(text)) return 'rejected';
  if (
    /no modular chain info|no chain info|chain info|not supported chain|unknown chain|there is no chain|chain not found|not exist.*chain/.test(
      text,
    )
  )
    return 'chain';
  if (/ledger|device|transport/.test(text)) return 'ledger';
  if (/lock|no key|not initialized|keyring|not connected|unauthori/.test(text)) return 'locked';
  if (/ledger|device|transport/.test(text)) return 'ledger';
  return 'other';
}

export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  return String(error);
}

/** What happened and what to do, for people. Nothing was sent in any of these cases. */
export function wordsOf(error: unknown, wallet: string): string {
  const trouble = troubleOf(error);
  return trouble === 'other' ? t.wallet.other(wallet, messageOf(error)) : t.wallet.trouble[trouble](wallet);
}
