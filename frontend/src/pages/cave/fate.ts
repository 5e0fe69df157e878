// What became of a contribution, as a fact that the page then puts into words.
import type { Schemas } from '../../api/client';
import type { Shower } from '../../api/live';

type Entry = Schemas['WalletShower'];

export type Fate =
  /** The shower is open: rank and odds still change. */
  | { is: 'open' }
  /** The meteor is to come; refunded if it hasn't by then (Unix seconds; null if not known). */
  | { is: 'waiting'; until: number | null }
  /** The meteor is there. */
  | { is: 'minted' }
  /** It is, but the shower's key came late or never: what was held back (basis points) goes back. */
  | { is: 'late-key'; held: number }
  /** Everything goes back, because the shower was cancelled or its meteors weren't minted in time. */
  | { is: 'refundable'; why: 'cancelled' | 'late' }
  | { is: 'refunded'; why: 'cancelled' | 'late' };

export function fateOf(entry: Entry, shower: Shower | undefined, heldBp: number, now: number): Fate {
  const why = shower?.cancelled ? 'cancelled' : 'late';
  switch (entry.state) {
    case 'waiting':
      if (entry.status === 'open' && !shower?.cancelled) return { is: 'open' };
      return { is: 'waiting', until: shower?.mint_deadline ?? null };
    case 'minted':
      if (shower && heldBp > 0 && !shower.key_in_time && now > shower.key_deadline)
        return { is: 'late-key', held: heldBp };
      return { is: 'minted' };
    case 'refundable':
      return { is: 'refundable', why };
    case 'refunded':
      return { is: 'refunded', why };
  }
}
