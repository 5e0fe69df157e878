// Hooks over what the server says. They keep the last answer while a newer one is on its way or can't be had.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { ApiError, get } from './client';
import { overdue, type State, snapshot, subscribe } from './live';

/** What is going on now. */
export function useLive(): State {
  return useSyncExternalStore(subscribe, snapshot);
}

export interface Answer<T> {
  /** The last answer for this path; undefined before the first. */
  data: T | undefined;
  /** Why the last attempt failed; null if it didn't. */
  error: ApiError | null;
}

const underWay = new Map<string, Promise<unknown>>();

/** Asks for `path`; components that want the same at the same time share one request. */
function ask<T>(path: string, version: string | number): Promise<T> {
  const key = `${version} ${path}`;
  const same = underWay.get(key);
  if (same) return same as Promise<T>;
  const answer = get<T>(path).finally(() => underWay.delete(key));
  underWay.set(key, answer);
  return answer;
}

/**
 * Asks for `path`, and again whenever figures change. `null` asks for nothing. With `again` it is asked for again only when
 * that value changes: for what never changes, and for what costs a question to a node.
 */
export function useApi<T>(path: string | null, { again }: { again?: string | number } = {}): Answer<T> {
  const { changed, link } = useLive();
  const [answer, setAnswer] = useState<Answer<T> & { path: string | null }>({
    path: null,
    data: undefined,
    error: null,
  });
  const version = again ?? changed;
  // A server that came back may have other figures.
  const away = link === 'lost';
  useEffect(() => {
    if (path === null || away) return;
    let current = true;
    ask<T>(path, version).then(
      (data) => {
        if (current) setAnswer({ path, data, error: null });
      },
      (error) => {
        const failure = error instanceof ApiError ? error : new ApiError(0, String(error));
        if (current) setAnswer((old) => ({ path, data: old.path === path ? old.data : undefined, error: failure }));
      },
    );
    return () => {
      current = false;
    };
  }, [path, version, away]);
  return answer.path === path ? answer : { data: undefined, error: null };
}

/** Renders again every `ms`, aligned to the clock, while the page is visible. */
export function useTick(ms: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      setNow(performance.now());
      timer = setTimeout(tick, ms - (Date.now() % ms));
    };
    timer = setTimeout(tick, ms - (Date.now() % ms));
    return () => clearTimeout(timer);
  }, [ms]);
  return now;
}

/** The chain's time now (Unix seconds), and whether blocks are overdue, so that it is only an estimate. */
export function useChainTime(ms = 1000): { now: number; stalled: boolean; since: number } {
  const live = useLive();
  const tick = useTick(ms);
  return chainTime(live, Math.max(tick, live.heard));
}

/** By the last block's time and this device's monotonic clock; the device's date plays no part. */
export function chainTime(live: State, at: number): { now: number; stalled: boolean; since: number } {
  const since = live.height === 0 ? 0 : Math.max(0, (at - live.heard) / 1000);
  return { now: live.time + since, stalled: overdue(live, at), since };
}
