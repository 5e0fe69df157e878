// What is going on now: follows /v1/events, falls back to asking, and keeps the last known state.
import { ApiError, get, type Schemas } from './client';

export type Config = Schemas['Config'];
export type Shower = Schemas['Shower'];
type Status = Schemas['PublicStatus'];

/** What the server sends: each event's name, and its data. */
type Events = Schemas['LiveEvents'];
/** A contribution the moment it is in a block. */
export type Fallen = Events['contribution'];

/**
 * How the page hears of changes: `live` by events; `polling` by asking, because events don't come; `lost` not at all.
 */
export type Link = 'connecting' | 'live' | 'polling' | 'lost';

export interface State {
  link: Link;
  config: Config | null;
  showers: readonly Shower[];
  /** The open shower's number; null if none is open. */
  current: number | null;
  /** Height of the last block that the server has read; 0 before the first. */
  height: number;
  /** Its time (Unix seconds). */
  time: number;
  /** Height of the last change to any figure. What a page shows is asked for again when it grows. */
  changed: number;
  /** When the last block was heard of (performance.now). */
  heard: number;
  /** Seconds between blocks, by the last ones. */
  pace: number;
  /** What the server says of itself, if it was asked. */
  status: Status | null;
  /** Why there is nothing to show yet, in the server's words. */
  trouble: string | null;
}

const POLL = 5_000;
const REOPEN = 5_000;
const REFRESH_GAP = 400;
/** Contributions that are shown at once, as many as a frame has. */
const SHOWN = 40;
/** A server that doesn't say how it is within this time (ms) counts as lost. */
const PATIENCE = 5_000;

let state: State = {
  link: 'connecting',
  config: null,
  showers: [],
  current: null,
  height: 0,
  time: 0,
  changed: 0,
  heard: 0,
  pace: 6,
  status: null,
  trouble: null,
};
const watchers = new Set<() => void>();
const sky = new Set<(fallen: Fallen) => void>();
let source: EventSource | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export const snapshot = (): State => state;

export function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Calls `see` for each contribution as it comes. */
export function onContribution(see: (fallen: Fallen) => void): () => void {
  sky.add(see);
  return () => sky.delete(see);
}

function change(part: Partial<State>): void {
  state = { ...state, ...part };
  for (const watcher of watchers) watcher();
}

/** Starts following; once, for as long as the page is open. */
export function start(): void {
  open();
  timer = setTimeout(watch, POLL);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void watch();
  });
  addEventListener('online', () => void watch());
}

function open(): void {
  source?.close();
  const stream = new EventSource('/v1/events');
  source = stream;
  const on = <Name extends keyof Events>(name: Name, hear: (data: Events[Name]) => void): void =>
    stream.addEventListener(name, (event) => hear(JSON.parse(event.data)));
  // After a while without connection everything since then is told at once. Only the newest is shown.
  let fallen: Fallen[] = [];
  stream.onopen = () => {
    fallen = []; // of a frame that broke off; it is told again
  };
  on('contribution', (one) => fallen.push(one));
  on('height', ({ height, time, changed_height }) => {
    change({ link: 'live' });
    block(height, time, changed_height);
    const shown = fallen.slice(-SHOWN);
    fallen = [];
    for (const one of shown) for (const see of sky) see(one);
  });
  stream.onerror = () => {
    // The browser reconnects by itself, but not after an answer that is no stream.
    if (stream.readyState === EventSource.CLOSED && source === stream) setTimeout(open, REOPEN);
    if (state.link === 'live') void watch();
  };
}

/** Notes a block. A lower height than before comes from a server that is behind: its figures are not shown. */
function block(height: number, time: number, changed: number): void {
  const now = performance.now();
  if (height > state.height) {
    const gap = state.height > 0 ? (time - state.time) / (height - state.height) : state.pace;
    const pace = Math.min(60, Math.max(1, state.pace * 0.7 + gap * 0.3));
    change({ height, time, heard: now, pace });
  }
  // Showers open and close as time passes, without any change on the chain.
  const edge = state.showers.some(
    (shower) =>
      (shower.status === 'upcoming' && shower.opens_at <= time) ||
      (shower.status === 'open' && shower.closes_at <= time),
  );
  if (changed > state.changed || edge || state.config === null) void refresh(Math.max(changed, state.changed));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let refreshing = false;
let wanted = false;

/** Asks for what every page needs. One request at a time: what is asked for meanwhile becomes one more. */
async function refresh(changed: number): Promise<void> {
  if (refreshing) {
    wanted = true;
    return;
  }
  refreshing = true;
  // Everybody hears of a block at the same moment, and should not ask at the same moment.
  if (state.config !== null) await pause(Math.random() * Math.min(1_500, state.pace * 250));
  try {
    const [config, showers] = await Promise.all([get<Config>('/v1/config'), get<Schemas['Showers']>('/v1/showers')]);
    change({ config, showers: showers.showers, current: showers.current ?? null, changed, trouble: null });
  } catch (error) {
    change({ trouble: error instanceof ApiError ? error.message : String(error) });
  }
  await pause(REFRESH_GAP);
  refreshing = false;
  if (wanted) {
    wanted = false;
    void refresh(state.changed + 1);
  }
}

/** Whether blocks are overdue: three block times have passed since the last one. */
export function overdue(of: State = state, now = performance.now()): boolean {
  return of.height > 0 && now - of.heard > Math.max(10, 3 * of.pace) * 1000;
}

/** Looks whether events still come. If they don't, it asks the server how it is. */
async function watch(): Promise<void> {
  clearTimeout(timer);
  const quiet = state.link !== 'live' || overdue() || source?.readyState !== EventSource.OPEN;
  if (quiet) await ask();
  timer = setTimeout(watch, POLL);
}

async function ask(): Promise<void> {
  try {
    const status = await get<Status>('/v1/status', PATIENCE);
    const open = source?.readyState === EventSource.OPEN;
    change({ status, link: open && !overdue() ? 'live' : 'polling' });
    block(status.height, status.time, state.changed + (status.height > state.height ? 1 : 0));
    if (state.config === null) void refresh(state.changed);
  } catch {
    change({ link: 'lost' });
  }
}
