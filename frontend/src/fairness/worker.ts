// The worker in which draws are recomputed, so that the page answers to touch meanwhile. Loads the wasm once.
import { Rules, Unreadable } from './rules';
import wasm from './rules.wasm?url';
import type { Ask } from './types';

/** A question, and the number under which it is answered. */
export type Question = { id: number; ask: Ask };
export type Reply = { id: number } & ({ told: unknown } | { unreadable: string } | { broken: string });

let rules: Promise<Rules> | null = null;

async function load(): Promise<Rules> {
  const response = await fetch(wasm);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return new Rules(await WebAssembly.compile(await response.arrayBuffer()));
}

async function reply({ id, ask }: Question): Promise<Reply> {
  try {
    rules ??= load();
    return { id, told: (await rules).answer(ask) };
  } catch (error) {
    if (error instanceof Unreadable) return { id, unreadable: error.message };
    // Neither a failed download nor a wasm that ran out of memory is kept.
    rules = null;
    return { id, broken: error instanceof Error ? error.message : String(error) };
  }
}

addEventListener('message', async (event: MessageEvent<Question>) => postMessage(await reply(event.data)));
