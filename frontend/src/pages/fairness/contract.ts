// Which event the evidence is of, and the command that checks it without this server.
import { pinned } from '../../api/pinned';
import type { EventTold } from '../../fairness/types';
import { fairnessText } from '../../strings/fairness';

const words = fairnessText.sources;

/** What can be said of the contract that the evidence names, by the one that was compiled in (`made`). */
export function whose(
  { chain_id, contract }: Pick<EventTold, 'chain_id' | 'contract'>,
  made: typeof pinned,
  demo: boolean,
): { wrong: boolean; text: string } {
  if (made === null) return { wrong: false, text: demo ? words.demo : words.unpinned(chain_id) };
  if (made.chain_id === chain_id && made.shower === contract) return { wrong: false, text: words.pinned(chain_id) };
  return { wrong: true, text: words.pinnedWrong(`${made.shower} (${made.chain_id})`, `${contract} (${chain_id})`) };
}

/** The command for this event; `only` narrows it to a shower or a meteor. */
export function command(event: Pick<EventTold, 'contract'>, only: string, origin = location.origin): string {
  const contract = pinned?.shower ?? event.contract;
  return `meteor verify ${origin} --node ${words.yourNode} --contract ${contract}${only && ` ${only}`}`;
}
