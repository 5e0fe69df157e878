// Stands between the browser and a demo: can hang, be away and come back, change answers, hold requests back, and
// serve another build of the page.
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join } from 'node:path';

type Json = Record<string, unknown>;
type Patch = { path: RegExp; change: (json: never) => unknown };
type Answer = { path: RegExp; status: number; body: unknown };

export interface Recorded {
  method: string;
  path: string;
  body: string;
}

/** Requests of one kind that are held back. */
export class Gate {
  private open = false;
  private waiting: (() => void)[] = [];
  private arrivals: (() => void)[] = [];
  private arrived = 0;

  constructor(
    readonly method: string,
    readonly path: RegExp,
  ) {}

  /** Waits until a request is held. */
  async held(): Promise<void> {
    if (this.arrived === 0) await new Promise<void>((resolve) => this.arrivals.push(resolve));
  }

  /** Lets them through, and later ones too. */
  release(): void {
    this.open = true;
    for (const go of this.waiting.splice(0)) go();
  }

  async pass(): Promise<void> {
    this.arrived += 1;
    for (const tell of this.arrivals.splice(0)) tell();
    if (!this.open) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json',
};
const PARTS = /^\/((telescope|cave|fairness|help)(\/.*)?)?$/;

export class Between {
  /** What the page asked for. */
  readonly requests: Recorded[] = [];
  private patches: Patch[] = [];
  private answers: Answer[] = [];
  private gates: Gate[] = [];
  private sockets = new Set<Socket>();
  private hanging = false;
  private port = 0;

  private constructor(
    private readonly server: Server,
    public target: string,
    private folder: string | undefined,
  ) {}

  static async start(target: string, folder = process.env.METEOR_PAGE): Promise<Between> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const between = new Between(server, target, folder);
    server.on('connection', (socket) => {
      between.sockets.add(socket);
      socket.on('close', () => between.sockets.delete(socket));
    });
    server.on('request', (from, to) => {
      between.serve(from, to).catch(() => to.destroy());
    });
    await between.listen();
    return between;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', () => resolve());
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** The server is gone: connections are refused. */
  async away(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** The server takes connections and says nothing more, not even to those it has. */
  hang(): void {
    this.hanging = true;
  }

  /** The server is back after `away` or `hang`. */
  async back(): Promise<void> {
    this.hanging = false;
    // What hung stays unanswered: a restarted server knows nothing of it.
    for (const socket of this.sockets) socket.destroy();
    if (!this.server.listening) await this.listen();
  }

  async stop(): Promise<void> {
    if (this.server.listening) await this.away();
  }

  /** Serves the page from this folder instead of the binary's. */
  pageFrom(folder: string): void {
    this.folder = folder;
  }

  /** Changes what the server says at paths that match. */
  patch<T = Json>(path: RegExp, change: (json: T) => unknown): void {
    this.patches.push({ path, change: change as (json: never) => unknown });
  }

  /** Answers in place of the server. */
  answer(path: RegExp, status: number, body: unknown): void {
    this.answers.unshift({ path, status, body });
  }

  /** Undoes `patch` and `answer`. */
  honest(): void {
    this.patches = [];
    this.answers = [];
  }

  /** Holds requests back until they are released. */
  hold(method: string, path: RegExp): Gate {
    const gate = new Gate(method, path);
    this.gates.push(gate);
    return gate;
  }

  private async serve(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const path = from.url ?? '/';
    const method = from.method ?? 'GET';
    const chunks: Buffer[] = [];
    for await (const chunk of from) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.requests.push({ method, path, body: body.toString() });
    for (const gate of this.gates) {
      if (gate.method === method && gate.path.test(path)) await gate.pass();
    }
    if (this.hanging) return;
    const answer = this.answers.find(({ path: pattern }) => pattern.test(path));
    if (answer) {
      const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
      to.writeHead(answer.status, { 'content-type': type, date: new Date().toUTCString() });
      to.end(JSON.stringify(answer.body));
      return;
    }
    const patches = this.patches.filter(({ path: pattern }) => pattern.test(path));
    const headers = { ...from.headers, host: new URL(this.target).host };
    if (patches.length > 0) {
      delete headers['accept-encoding'];
      delete headers['if-none-match'];
    }
    const file = this.fileFor(path);
    await new Promise<void>((resolve, reject) => {
      const onward = request(this.target + (file ? '/' : path), { method, headers }, (got) => {
        got.on('error', reject);
        if (file) {
          got.resume();
          const { etag: _, 'content-length': __, 'content-encoding': ___, ...kept } = got.headers;
          to.writeHead(200, { ...kept, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
          to.end(readFileSync(file));
          resolve();
        } else if (patches.length > 0 && got.statusCode === 200) {
          const parts: Buffer[] = [];
          got.on('data', (part) => parts.push(part));
          got.on('end', () => {
            let json: unknown = JSON.parse(Buffer.concat(parts).toString());
            for (const { change } of patches) json = change(json as never) ?? json;
            const { etag: _, 'content-length': __, ...kept } = got.headers;
            to.writeHead(200, kept);
            to.end(JSON.stringify(json));
            resolve();
          });
        } else {
          to.writeHead(got.statusCode ?? 502, got.headers);
          got.on('data', (part) => {
            if (!this.hanging) to.write(part);
          });
          got.on('end', () => {
            to.end();
            resolve();
          });
        }
      });
      onward.on('error', reject);
      to.on('close', () => {
        onward.destroy();
        resolve();
      });
      onward.end(body);
    });
  }

  /** The file of the other build for this path. */
  private fileFor(path: string): string | undefined {
    if (!this.folder) return undefined;
    const [plain = '/'] = path.split('?');
    if (PARTS.test(plain)) return join(this.folder, 'index.html');
    const file = join(this.folder, plain);
    return plain.length > 1 && existsSync(file) ? file : undefined;
  }
}
