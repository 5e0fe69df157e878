// Whether what the server says is the event that this page was made for.
import { useDemo } from './demo';
import type { Config } from './live';
import { pinned } from './pinned';
import { useLive } from './use';

export type Trust =
  /** The server names the chain and contract that were compiled in. */
  | { is: 'pinned' }
  /** A demo on this computer: play money. */
  | { is: 'demo' }
  /** The server has not answered yet. */
  | { is: 'waiting' }
  /** Nothing was compiled in, and it is no demo: signing is off. */
  | { is: 'unpinned' }
  /** The server names another chain or contract. */
  | { is: 'wrong'; wanted: string; given: string };

export function judge(config: Config | null, demo: boolean | null, of = pinned): Trust {
  if (config === null) return { is: 'waiting' };
  if (of) {
    const given = [config.chain_id, config.contract, config.meteors.address, config.hatchery.address];
    const wanted = [of.chain_id, of.shower, of.meteors, of.hatchery];
    // The collections are unknown to the server for a moment after the launch.
    const same = wanted.every((want, at) => given[at] === want || given[at] === null || given[at] === undefined);
    if (same) return { is: 'pinned' };
    return { is: 'wrong', wanted: `${of.shower} (${of.chain_id})`, given: `${config.contract} (${config.chain_id})` };
  }
  if (demo === null) return { is: 'waiting' };
  return demo ? { is: 'demo' } : { is: 'unpinned' };
}

export function useTrust(): Trust {
  const { config } = useLive();
  const demo = useDemo();
  return judge(config, demo === undefined ? null : demo !== null);
}
