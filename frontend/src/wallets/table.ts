// The wallets the page can speak to, and where they put themselves. Another one is another row.
import type { KeplrShaped } from './signer';

export interface WalletRow {
  id: string;
  name: string;
  /** The wallet's object, if it is installed. */
  find: () => KeplrShaped | undefined;
  /** Events of the window that say that the account or the network has changed. */
  events: readonly string[];
  aminoOnly: boolean;
  /** Opens an address in the wallet's own browser on a phone; null where there is no such link. */
  open: ((url: string) => string) | null;
}

interface Injected {
  keplr?: KeplrShaped;
  leap?: KeplrShaped;
  station?: { keplr?: KeplrShaped };
  galaxyStation?: { keplr?: KeplrShaped };
}

const injected = (): Injected => window as unknown as Injected;

/** Keplr documents these links: another form for each system. */
function openKeplr(url: string): string {
  const target = `web-browser?url=${encodeURIComponent(url)}`;
  if (/android/i.test(navigator.userAgent))
    return `intent://${target}#Intent;package=com.chainapsis.keplr;scheme=keplrwallet;end;`;
  return `keplrwallet://${target}`;
}

export const WALLETS: readonly WalletRow[] = [
  {
    id: 'keplr',
    name: 'Keplr',
    find: () => injected().keplr,
    events: ['keplr_keystorechange'],
    aminoOnly: false,
    open: openKeplr,
  },
  {
    id: 'leap',
    name: 'Leap',
    find: () => injected().leap,
    events: ['leap_keystorechange'],
    aminoOnly: false,
    open: null,
  },
  {
    id: 'station',
    name: 'Station',
    find: () => injected().station?.keplr,
    events: ['station_keystorechange', 'station_wallet_change', 'station_network_change'],
    aminoOnly: false,
    open: null,
  },
  {
    id: 'galaxy',
    name: 'Galaxy Station',
    find: () => injected().galaxyStation?.keplr,
    events: ['galaxy_station_wallet_change', 'galaxy_station_network_change'],
    // It offers nothing but amino.
    aminoOnly: true,
    open: null,
  },
];
