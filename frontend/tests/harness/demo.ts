// Starts `meteor demo` and drives the chain behind it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account } from './wallet';

export interface DemoOptions {
  showers: number;
  wallets: number;
  /** Length of a shower. */
  seconds: number;
  /** Most contributions of a wallet in a shower. */
  contributions?: number;
  blockMs?: number;
  /** The chain's tax on transfers, such as '0.005'. */
  burnTax?: string;
}

const BINARY = process.env.METEOR ?? fileURLToPath(new URL('../../../target/debug/meteor', import.meta.url));
/** The dev chain's public words, from devnet/src/config.rs. Coins of a chain in one process are worth nothing. */
const WORDS =
  'notice oak worry limit wrap speak medal online prefer cluster roof addict wrist behave treat actual wasp year salad speed social layer crew genius';
/** Accounts of these words. */
export const ROLES = { owner: 1, operator: 2, guardian: 3 } as const;

/** A demo that has not printed its address by then never will. */
const START = 40_000;

export class Demo {
  private lines: string[] = [];
  private watchers = new Set<() => void>();
  private rest = '';
  private ended = false;
  /** Who took part without a browser. */
  visitor: Account | undefined;

  private constructor(
    private readonly child: ChildProcess,
    /** Address of page and API. */
    public url = '',
    private rpc = '',
  ) {
    const read = (bytes: Buffer) => {
      const lines = (this.rest + bytes).split('\n');
      this.rest = lines.pop() ?? '';
      this.lines.push(...lines);
      for (const watcher of this.watchers) watcher();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', () => {
      this.ended = true;
      for (const watcher of this.watchers) watcher();
    });
  }

  static async start(options: DemoOptions): Promise<Demo> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: cargo build -p meteor-cli, or set METEOR`);
    const args = ['demo', '--listen', '127.0.0.1:0', '--showers', options.showers, '--wallets', options.wallets];
    args.push('--seconds', options.seconds, '--block-ms', options.blockMs ?? 250);
    if (options.contributions) args.push('--contributions', options.contributions);
    if (options.burnTax) args.push('--burn-tax', options.burnTax);
    const child = spawn(BINARY, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const demo = new Demo(child);
    const [, rpc = ''] = await demo.line(/^dev chain\s+(\S+) \(RPC\)/, START);
    const [, url = ''] = await demo.line(/API:\s+(\S+)\/docs$/, START);
    demo.rpc = rpc;
    demo.url = url;
    return demo;
  }

  get log(): string {
    return this.lines.join('\n');
  }

  /** Waits until the demo prints a line that matches; one that it printed before counts. */
  async line(pattern: RegExp, patience = 120_000): Promise<RegExpMatchArray> {
    return until(
      `the demo to print ${pattern}`,
      patience,
      () => this.log,
      this.watchers,
      () => {
        for (const line of this.lines) {
          const match = line.match(pattern);
          if (match) return match;
        }
        if (this.ended) throw new Error(`the demo ended before it printed ${pattern}:\n${this.log}`);
        return undefined;
      },
    );
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  /** Asks the API. */
  async get<T>(path: string): Promise<T> {
    return answer<T>(await fetch(this.url + path), path);
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    return answer<T>(await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) }), path);
  }

  /** Asks the API until what it says fits. */
  async expect<T>(path: string, fits: (answer: T) => boolean, patience = 120_000): Promise<T> {
    const end = Date.now() + patience;
    for (;;) {
      const answer = await this.get<T>(path).catch((error: Error) => error);
      if (!(answer instanceof Error) && fits(answer)) return answer;
      if (Date.now() > end) {
        const last = answer instanceof Error ? answer.message : JSON.stringify(answer);
        throw new Error(`${path} never was as expected; at last: ${last}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Calls the chain's RPC, where the dev chain has controls (dev_…) that no node has. */
  async call<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(this.rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { result, error } = (await response.json()) as { result?: T; error?: unknown };
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as T;
  }

  /** The chain stops making blocks, or makes them again. */
  async blocks(go: boolean, ms = 250): Promise<void> {
    await this.call('dev_setBlocks', go ? { mode: 'interval', interval_ms: ms } : { mode: 'on_demand' });
  }

  /** Runs `meteor COMMAND` as someone who has a role in the event. */
  async command(role: keyof typeof ROLES, name: string, ...more: string[]): Promise<string> {
    const { contract } = await this.get<{ contract: string }>('/v1/config');
    const folder = await mkdtemp(join(tmpdir(), 'meteor-page-'));
    try {
      const words = join(folder, 'words');
      await writeFile(words, WORDS, { mode: 0o600 });
      const args = [name, '--node', this.rpc, '--contract', contract, '--gas-price', '0.01uluna'];
      args.push('--signer-file', words, '--account', String(ROLES[role]), '--journal', join(folder, 'journal'));
      return await new Promise((resolve, reject) => {
        execFile(BINARY, [...args, ...more], (error, out, said) =>
          error ? reject(new Error(`meteor ${name}: ${said}${out}`)) : resolve(out),
        );
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** Gives `address` exactly this balance. */
  async setBalance(address: string, denom: string, amount: bigint): Promise<void> {
    await this.call('dev_setBalance', { address, denom, amount: String(amount) });
  }
}

async function answer<T>(response: Response, path: string): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

function until<T>(
  what: string,
  patience: number,
  said: () => string,
  watchers: Set<() => void>,
  look: () => T | undefined,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      watchers.delete(watcher);
    };
    const watcher = () => {
      try {
        const found = look();
        if (found === undefined) return;
        done();
        resolve(found);
      } catch (error) {
        done();
        reject(error);
      }
    };
    const timer = setTimeout(() => {
      done();
      reject(new Error(`waited in vain for ${what}: ${said()}`));
    }, patience);
    watchers.add(watcher);
    watcher();
  });
}
