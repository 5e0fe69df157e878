// The tests' `test`: demos shared by a worker, a server in between for each test, and a guard over what the page does.
import { test as base, expect } from '@playwright/test';
import { crowd } from './chain';
import { Demo, type DemoOptions } from './demo';
import { Guard } from './guard';
import { Between } from './server';
import { watchShifts } from './shifts';
import { Account, type Place, Wallet } from './wallet';

/**
 * `calm`: the first of four showers is open for hours, and nothing moves but what a test does. `after`: two showers are over, and
 * the demo waits for its visitor to crack. Options: a demo of this test's own.
 */
type World = 'calm' | 'after' | DemoOptions;

/** Demos that a worker starts once, when the first test wants them. */
class Demos {
  private started = new Map<string, Promise<Demo>>();

  get(world: 'calm' | 'after'): Promise<Demo> {
    const found = this.started.get(world) ?? (world === 'calm' ? calm() : after());
    this.started.set(world, found);
    return found;
  }

  async stop(): Promise<void> {
    for (const demo of this.started.values()) await demo.then((demo) => demo.stop()).catch(() => undefined);
  }
}

async function calm(): Promise<Demo> {
  const demo = await Demo.start({ showers: 4, wallets: 1, contributions: 1, seconds: 14_400 });
  await crowd(demo, 24);
  return demo;
}

async function after(): Promise<Demo> {
  const demo = await Demo.start({ showers: 2, wallets: 24, seconds: 10 });
  [demo.visitor] = await crowd(demo, 1);
  await demo.expect<{ phase: string }>('/demo', ({ phase }) => phase === 'waiting');
  return demo;
}

interface Fixtures {
  world: World;
  /** The wallets in the browser. */
  places: Place[];
  demo: Demo;
  server: Between;
  /** A wallet with 1,000 UST, installed at `places`. */
  wallet: Wallet;
  /** The same, for tests that may need none. */
  anyWallet: () => Promise<Wallet>;
  guard: Guard;
}

export const test = base.extend<Fixtures, { demos: Demos }>({
  demos: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names
    async ({}, use) => {
      const demos = new Demos();
      await use(demos);
      await demos.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  world: ['calm', { option: true }],
  places: [['keplr'], { option: true }],
  demo: [
    async ({ world, demos }, use, testInfo) => {
      const own = typeof world === 'string' ? null : await Demo.start(world);
      const demo = own ?? (await demos.get(world as 'calm' | 'after'));
      await use(demo);
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('demo.log', { body: demo.log, contentType: 'text/plain' });
      }
      await own?.stop();
    },
    { timeout: 180_000 },
  ],
  server: async ({ demo }, use) => {
    const server = await Between.start(demo.url);
    await use(server);
    await server.stop();
  },
  baseURL: async ({ server }, use) => use(server.url),
  anyWallet: async ({ page, demo, places }, use) => {
    await use(async () => {
      const account = await Account.random();
      await demo.post('/demo/faucet', { address: account.address });
      return Wallet.install(page, account, places);
    });
  },
  wallet: async ({ anyWallet }, use) => use(await anyWallet()),
  guard: [
    async ({ page, server }, use) => {
      const guard = await Guard.watch(page, () => server.url);
      await watchShifts(page);
      await use(guard);
      expect(guard.found, 'errors, requests to other sites, broken content policy').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
