// The rules as wasm (packages/rules-web): bytes in, their answer out. Knows nothing of the page or the network.
import type { Ask } from './types';

/** The evidence can't be read, in the verifier's words. Nothing is said of the draw then. */
export class Unreadable extends Error {}

interface Exports {
  memory: WebAssembly.Memory;
  rules_input(length: number): number;
  rules_call(): number;
  rules_output(): number;
}

/** The length that stands for a field that there is not. */
const NONE = 0xffff_ffff;

export class Rules {
  readonly #wasm: Exports;

  constructor(module: WebAssembly.Module) {
    this.#wasm = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  }

  /** Answers with what types.ts says for each `ask`. @throws {Unreadable} */
  answer(ask: Ask): unknown {
    const told = JSON.parse(this.#call(fields(ask))) as { ok: unknown } | { error: string };
    if ('error' in told) throw new Unreadable(told.error);
    return told.ok;
  }

  #call(fields: (Uint8Array | null)[]): string {
    const length = fields.reduce((sum, field) => sum + 4 + (field?.length ?? 0), 0);
    let at = this.#wasm.rules_input(length);
    // Only now: making room may have moved the memory.
    const bytes = new Uint8Array(this.#wasm.memory.buffer);
    const numbers = new DataView(this.#wasm.memory.buffer);
    for (const field of fields) {
      numbers.setUint32(at, field === null ? NONE : field.length, true);
      at += 4;
      if (field === null) continue;
      bytes.set(field, at);
      at += field.length;
    }
    const answered = this.#wasm.rules_call();
    return new TextDecoder().decode(new Uint8Array(this.#wasm.memory.buffer, this.#wasm.rules_output(), answered));
  }
}

function fields(ask: Ask): (Uint8Array | null)[] {
  const text = (value: string | number) => new TextEncoder().encode(String(value));
  if (ask.ask === 'event') return [text('event'), ask.fairness, ask.catalogue];
  const { fairness, tables, contributions, reveals } = ask.files;
  return [text(ask.ask), fairness, tables, text(ask.number), contributions, ...reveals];
}
