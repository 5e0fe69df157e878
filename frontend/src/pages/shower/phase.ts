// Where the event stands, and which shower the page is about.
import type { Shower } from '../../api/live';

export type Phase =
  /** Nothing has opened yet. */
  | { is: 'before'; shower: Shower }
  | { is: 'open'; shower: Shower }
  /** One has ended, and the block that opens the next has not come yet. */
  | { is: 'between'; shower: Shower; ended: Shower }
  /** All are over. */
  | { is: 'over'; shower: Shower };

/** The phase at the time of the last block; null before the launch is known. */
export function phaseOf(showers: readonly Shower[]): Phase | null {
  const open = showers.find((shower) => shower.status === 'open');
  if (open) return { is: 'open', shower: open };
  const next = showers.find((shower) => shower.status === 'upcoming');
  const past = showers.filter((shower) => shower.status !== 'upcoming');
  const last = past.at(-1);
  if (next) return last ? { is: 'between', shower: next, ended: last } : { is: 'before', shower: next };
  return last ? { is: 'over', shower: last } : null;
}

/** Whether a transaction signed now may come too late: two blocks, and time to sign. Seconds. */
export function late(left: number, pace: number): boolean {
  return left < Math.max(15, 2 * pace + 6);
}
