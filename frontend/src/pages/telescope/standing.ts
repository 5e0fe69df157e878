// Where a shower stands, by what can be said about it.
import type { Shower } from '../../api/live';

export type Standing =
  | 'upcoming'
  | 'open'
  /** Its time is over; the transaction that closes it has not come yet. */
  | 'ended'
  /** It waits for its draw. */
  | 'closed'
  /** Its draw is committed to; no meteor is minted yet. */
  | 'drawn'
  | 'minting'
  | 'minted'
  /** It is over, and nobody contributed. */
  | 'nobody'
  | 'cancelled'
  /** Its mint deadline passed before everything was minted. */
  | 'unminted';

export function standingOf(shower: Shower): Standing {
  if (shower.cancelled) return 'cancelled';
  switch (shower.status) {
    case 'upcoming':
    case 'open':
      return shower.status;
    case 'ended':
      return shower.contributors === 0 ? 'nobody' : 'ended';
    case 'closed':
      return shower.contributors === 0 ? 'nobody' : 'closed';
    case 'drawn':
      return shower.minted > 0 ? 'minting' : 'drawn';
    case 'minted':
      return shower.contributors === 0 ? 'nobody' : 'minted';
    case 'refunding':
      return shower.contributors === 0 ? 'nobody' : 'unminted';
  }
}

/** What is to be said about the key of a shower at `now` (chain time, seconds); null where no draw needs one. */
export function keyOf(shower: Shower, now: number): 'due' | 'published' | 'missed' | null {
  const standing = standingOf(shower);
  if (standing === 'cancelled' || standing === 'nobody') return null;
  if (shower.key_in_time) return 'published';
  return now < shower.key_deadline ? 'due' : 'missed';
}

/** Whether its figures can still change because of contributions. */
export const moves = (shower: Shower): boolean => shower.status === 'open' || shower.status === 'upcoming';
