// Asks the indexer: typed answers, and errors that carry its words.
import { t } from '../strings';
import type { components } from './schema';

export type Schemas = components['schemas'];
export type Tier = Schemas['TierName'];
export const TIERS: readonly Tier[] = ['legendary', 'ancient', 'rare', 'common'];

/** What the server refused, or that it could not be reached (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The kind of problem, for programs; empty if the server gave none. */
    readonly type = '',
    /** The chain's own code, where it was the chain that refused. */
    readonly code: { codespace: string; code: number } | null = null,
  ) {
    super(message);
  }

  /** Whether nobody can tell what became of the request: no answer, or one that is not the indexer's. */
  get unknown(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

/** How long an answer may take (ms). */
const DEADLINE = 15_000;

async function request(path: string, init: RequestInit, deadline = DEADLINE): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), deadline);
  let response: Response;
  try {
    // The browser's cache would answer with figures from before the change that made us ask: the server lets caches
    // give old ones while they fetch new ones. An unchanged answer costs no more than its headers.
    response = await fetch(path, { cache: 'no-cache', ...init, signal: abort.signal });
  } catch {
    throw new ApiError(0, t.unreachable);
  } finally {
    clearTimeout(timer);
  }
  noteDate(response);
  if (response.ok) return response;
  const problem = await response.json().catch(() => null);
  const code =
    typeof problem?.code === 'number' ? { codespace: String(problem.codespace ?? ''), code: problem.code } : null;
  throw new ApiError(
    response.status,
    String(problem?.detail ?? response.statusText),
    String(problem?.type ?? ''),
    code,
  );
}

/** Asks for JSON at `path`. @throws {ApiError} */
export async function get<T>(path: string, deadline = DEADLINE): Promise<T> {
  return read(await request(path, { headers: { accept: 'application/json' } }, deadline));
}

/** Asks for the text at `path`. @throws {ApiError} */
export async function getText(path: string): Promise<string> {
  return (await request(path, {})).text();
}

/** Asks for the bytes at `path`. @throws {ApiError} */
export async function getBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await request(path, {})).arrayBuffer());
}

/** Sends `body` as JSON. @throws {ApiError} */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return read(await request(path, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function read<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError(0, t.unreadable);
  }
}

let ahead: number | null = null;

// The header has whole seconds, and the answer took a while: this is good to a few seconds. It is only taken from
// answers of the server itself, since a cache answers with an old date.
function noteDate(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  const age = response.headers.get('age');
  if (Number.isFinite(date) && !age) ahead = (Date.now() - date) / 1000;
}

/** By how many seconds this device's clock is ahead of the server's; null until the server answered. */
export function deviceAhead(): number | null {
  return ahead;
}
