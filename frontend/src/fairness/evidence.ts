// Fetches evidence from this server, byte for byte, and notes what it was.
import { ApiError, getBytes } from '../api/client';
import type { Files, ShowerTold } from './types';

/** A file that came from this server. */
export interface Fetched {
  path: string;
  bytes: number;
}

export interface EventFiles {
  fairness: Uint8Array;
  tables: Uint8Array;
  /** Null where the server has none. */
  catalogue: Uint8Array | null;
}

/** A server that goes on naming next pages is not followed for ever: this many hold the largest shower twice. */
const MOST_PAGES = 200;

/** Fetches `path` and notes it in `fetched`. @throws {ApiError} */
async function fetched(path: string, list: Fetched[]): Promise<Uint8Array> {
  const bytes = await getBytes(path);
  list.push({ path, bytes: bytes.length });
  return bytes;
}

/** What concerns the whole event. @throws {ApiError} */
export async function eventFiles(list: Fetched[]): Promise<EventFiles> {
  const [fairness, tables, catalogue] = await Promise.all([
    fetched('/v1/fairness', list),
    fetched('/v1/fairness/tables', list),
    fetched('/v1/catalogue', list).catch((error) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }),
  ]);
  return { fairness, tables, catalogue };
}

/** What concerns one shower. Nothing of an open one is final, so it has no files. @throws {ApiError} */
export async function showerFiles(event: EventFiles, of: ShowerTold, list: Fetched[]): Promise<Files> {
  const { fairness, tables } = event;
  if (of.state === 'open') return { fairness, tables, contributions: null, reveals: [] };
  const contributions = await fetched(`/v1/showers/${of.shower}/contributions.csv`, list);
  const reveals: Uint8Array[] = [];
  let next: string | null = `/v1/showers/${of.shower}/reveals`;
  while (next !== null && reveals.length < MOST_PAGES) {
    const page = await fetched(next, list);
    reveals.push(page);
    next = nextPage(page);
  }
  return { fairness, tables, contributions, reveals };
}

/** The next page's path, on this server; null after the last. What a page is otherwise, the verifier reads. */
export function nextPage(page: Uint8Array): string | null {
  try {
    const { next } = JSON.parse(new TextDecoder().decode(page)) as { next?: unknown };
    return typeof next === 'string' && next.startsWith('/v1/') ? next : null;
  } catch {
    return null;
  }
}
