// Asks the indexer: typed answers, and errors that carry its words.
import { t } from '../strings';
import { noteError } from './errors';
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

/** Asks, and reads the answer with `read`, all within the deadline: a body can hang as well as a server. */
async function request<T>(
  path: string,
  init: RequestInit,
  read: (response: Response) => Promise<T>,
  deadline = DEADLINE,
): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), deadline);
  try {
    // The browser's cache would answer with figures from before the change that made us ask: the server lets caches
    // give old ones while they fetch new ones. An unchanged answer costs no more than its headers.
    const response = await fetch(path, { cache: 'no-cache', ...init, signal: abort.signal });
    noteDate(response);
    if (response.ok) return await read(response);
    throw refusal(response, await response.json().catch(() => null));
  } catch (error) {
    const failure =
      error instanceof ApiError ? error : new ApiError(0, error instanceof SyntaxError ? t.unreadable : t.unreachable);
    // "Nothing there" is an answer like any other.
    if (failure.status !== 404) noteError(`${path}: ${failure.status} ${failure.message}`);
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}

function refusal(response: Response, problem: Record<string, unknown> | null): ApiError {
  const { code, codespace, detail, type } = problem ?? {};
  const chain = typeof code === 'number' ? { codespace: String(codespace ?? ''), code } : null;
  return new ApiError(response.status, String(detail ?? response.statusText), String(type ?? ''), chain);
}

const json = { accept: 'application/json' };

/** Asks for JSON at `path`. @throws {ApiError} */
export async function get<T>(path: string, deadline = DEADLINE): Promise<T> {
  return request(path, { headers: json }, (response) => response.json() as Promise<T>, deadline);
}

/** Asks for the text at `path`. @throws {ApiError} */
export async function getText(path: string): Promise<string> {
  return request(path, {}, (response) => response.text());
}

/** Asks for the bytes at `path`. @throws {ApiError} */
export async function getBytes(path: string): Promise<Uint8Array> {
  return request(path, {}, async (response) => new Uint8Array(await response.arrayBuffer()));
}

/** Sends `body` as JSON. @throws {ApiError} */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const init = { method: 'POST', headers: { ...json, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return request(path, init, (response) => response.json() as Promise<T>);
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
