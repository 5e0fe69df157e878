// Checks an event, a shower or a meteor, and says how far it is. What was found stays until the page is left.
import { ApiError } from '../api/client';
import { Store } from '../store';
import { type EventFiles, eventFiles, type Fetched, showerFiles } from './evidence';
import { Unreadable } from './rules';
import type { EventTold, MeteorTold, Report, ShowerTold } from './types';
import { askEvent, askMeteor, askShower, end } from './verifier';

/** Why nothing can be said: the server, the evidence, or this browser. */
export interface Trouble {
  of: 'server' | 'evidence' | 'browser';
  words: string;
}

/** How far a check is. */
export interface Progress<T> {
  /** What is under way; null if nothing is. */
  doing: 'fetching' | 'computing' | null;
  /** What was found, also while it is checked again. */
  told: T | null;
  trouble: Trouble | null;
  /** What came from this server for it. */
  fetched: readonly Fetched[];
}

const NOTHING: Progress<never> = { doing: null, told: null, trouble: null, fetched: [] };
type Many<T> = Store<ReadonlyMap<number, Progress<T>>>;

export const event = new Store<Progress<EventTold>>(NOTHING);
export const showers: Many<Report> = new Store(new Map());
export const meteors: Many<MeteorTold> = new Store(new Map());

/** Grows when the page is left: what is still under way then says nothing any more. */
let visit = 0;
let files: EventFiles | null = null;

const trouble = (error: unknown): Trouble => ({
  of: error instanceof ApiError ? 'server' : error instanceof Unreadable ? 'evidence' : 'browser',
  words: error instanceof Error ? error.message : String(error),
});

/** Goes from fetching to computing to what was found; `set` hears of each. Null where that failed. */
async function follow<F, T>(
  set: (progress: Partial<Progress<T>>) => void,
  first: Partial<Progress<T>>,
  fetch: (fetched: Fetched[]) => Promise<F>,
  compute: (files: F) => Promise<T>,
): Promise<T | null> {
  const of = visit;
  const say = (progress: Partial<Progress<T>>) => {
    if (of === visit) set(progress);
  };
  const fetched: Fetched[] = [];
  say({ ...first, doing: 'fetching', trouble: null });
  try {
    const found = await fetch(fetched);
    say({ doing: 'computing', fetched });
    const told = await compute(found);
    say({ doing: null, told });
    return told;
  } catch (error) {
    say({ doing: null, trouble: trouble(error) });
    return null;
  }
}

function setter<T>(store: Many<T>, key: number): (progress: Partial<Progress<T>>) => void {
  return (progress) => {
    const old = store.get().get(key) ?? NOTHING;
    store.set(new Map(store.get()).set(key, { ...old, ...progress }));
  };
}

/** Reads the event anew, and checks what concerns all of it. */
export function checkEvent(): Promise<EventTold | null> {
  return follow<EventFiles, EventTold>(
    (progress) => event.set({ ...event.get(), ...progress }),
    {}, // what was told stays until there is news
    eventFiles,
    async (found) => {
      files = found;
      return askEvent(found.fairness, found.catalogue);
    },
  );
}

/** Checks a shower of the event that was read last. */
export function checkShower(of: ShowerTold): Promise<Report | null> {
  const now = files;
  if (now === null) return Promise.resolve(null);
  return follow(
    setter(showers, of.shower),
    { told: null, fetched: [] },
    (fetched) => showerFiles(now, of, fetched),
    (found) => askShower(of.shower, found),
  );
}

/** Checks a meteor, and with it its shower. */
export function checkMeteor(of: ShowerTold, meteor: number): Promise<MeteorTold | null> {
  const now = files;
  if (now === null) return Promise.resolve(null);
  return follow(
    setter(meteors, meteor),
    { told: null, fetched: [] },
    (fetched) => showerFiles(now, of, fetched),
    (found) => askMeteor(meteor, found),
  );
}

/** Checks the event and every shower of it, one after the other. */
export async function checkAll(): Promise<void> {
  const of = visit;
  const told = await checkEvent();
  for (const shower of told?.showers ?? []) {
    if (of !== visit) return;
    await checkShower(shower);
  }
}

/** Which shower a meteor is of; undefined for a number that is no meteor's. */
export function showerOf(told: EventTold, meteor: number): ShowerTold | undefined {
  return told.showers.find((shower) => meteor > shower.earlier && meteor <= shower.earlier + shower.contributors);
}

/** Forgets everything and ends the worker. */
export function leave(): void {
  visit += 1;
  files = null;
  event.set(NOTHING);
  showers.set(new Map());
  meteors.set(new Map());
  end();
}
