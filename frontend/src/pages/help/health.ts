// How things are: what is known about page, chain, nodes and server, judged line by line.
import type { Schemas } from '../../api/client';
import type { State } from '../../api/live';

export type Level = 'good' | 'warn' | 'bad' | 'unknown';

export type Line =
  | { what: 'connection'; level: Level; is: 'connecting' | 'live' | 'polling' | 'lost' }
  | { what: 'chain'; level: Level; is: 'none' | 'fresh' | 'late' }
  | { what: 'nodes'; level: Level; is: 'unknown' | 'current' | 'behind'; blocks: number }
  | {
      what: 'figures';
      level: Level;
      is: 'unknown' | 'good' | 'unlaunched' | 'halted' | 'cant_follow' | 'catching_up' | 'one_node';
    }
  | { what: 'alarms'; level: Level; is: 'unknown' | 'none' | 'some'; count: number }
  | { what: 'contributing'; level: Level; is: 'unknown' | 'on' | 'paused' }
  | { what: 'clock'; level: Level; is: 'unknown' | 'good' | 'off' };

/** Behind its nodes by no more than this (blocks), a server is current: a block takes a moment to read. */
const LAG = 2;
/** A device's clock may be off by this much (seconds). */
const CLOCK = 30;

export interface Seen {
  live: Pick<State, 'link' | 'height'>;
  /** The newest answer of the server about itself. */
  status: Schemas['PublicStatus'] | null;
  /** Whether contributing is paused; null before it is known. */
  paused: boolean | null;
  /** Whether blocks are overdue. */
  stalled: boolean;
  /** By how many seconds the device's clock is ahead; null if it could not be compared. */
  ahead: number | null;
}

export function healthOf({ live, status, paused, stalled, ahead }: Seen): Line[] {
  const behind = status === null ? 0 : Math.max(0, status.tip - status.height);
  return [
    connection(live.link),
    live.height === 0
      ? { what: 'chain', level: 'unknown', is: 'none' }
      : stalled
        ? { what: 'chain', level: 'warn', is: 'late' }
        : { what: 'chain', level: 'good', is: 'fresh' },
    status === null
      ? { what: 'nodes', level: 'unknown', is: 'unknown', blocks: 0 }
      : behind > LAG
        ? { what: 'nodes', level: 'warn', is: 'behind', blocks: behind }
        : { what: 'nodes', level: 'good', is: 'current', blocks: behind },
    figures(status),
    status === null
      ? { what: 'alarms', level: 'unknown', is: 'unknown', count: 0 }
      : status.alarms > 0
        ? { what: 'alarms', level: 'warn', is: 'some', count: status.alarms }
        : { what: 'alarms', level: 'good', is: 'none', count: 0 },
    paused === null
      ? { what: 'contributing', level: 'unknown', is: 'unknown' }
      : paused
        ? { what: 'contributing', level: 'warn', is: 'paused' }
        : { what: 'contributing', level: 'good', is: 'on' },
    ahead === null
      ? { what: 'clock', level: 'unknown', is: 'unknown' }
      : Math.abs(ahead) > CLOCK
        ? { what: 'clock', level: 'warn', is: 'off' }
        : { what: 'clock', level: 'good', is: 'good' },
  ];
}

function connection(link: State['link']): Line {
  switch (link) {
    case 'connecting':
      return { what: 'connection', level: 'unknown', is: link };
    case 'live':
      return { what: 'connection', level: 'good', is: link };
    case 'polling':
      return { what: 'connection', level: 'warn', is: link };
    case 'lost':
      return { what: 'connection', level: 'bad', is: link };
  }
}

function figures(status: Schemas['PublicStatus'] | null): Line {
  if (status === null) return { what: 'figures', level: 'unknown', is: 'unknown' };
  if (status.halted) return { what: 'figures', level: 'bad', is: 'halted' };
  if (!status.launched) return { what: 'figures', level: 'warn', is: 'unlaunched' };
  // What every answer of the server is marked with as well. That the chain stands is in the chain's line.
  if (status.state === 'cant_follow' || status.state === 'catching_up')
    return { what: 'figures', level: 'warn', is: status.state };
  if (status.one_node_since !== null) return { what: 'figures', level: 'warn', is: 'one_node' };
  return { what: 'figures', level: 'good', is: 'good' };
}

/** All of it in one word: what is worst, where something is known to be wrong; else whether all is known. */
export function overall(lines: readonly Line[]): Level {
  const has = (level: Level) => lines.some((line) => line.level === level);
  if (has('bad')) return 'bad';
  if (has('warn')) return 'warn';
  // A clock that can't be compared, behind a cache for example, leaves nothing in doubt.
  return lines.some((line) => line.level === 'unknown' && line.what !== 'clock') ? 'unknown' : 'good';
}
