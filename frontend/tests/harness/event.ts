// Changes what the server says of showers, for phases that a real event reaches only after hours.
import type { Schemas } from '../../src/api/client';
import type { Between } from './server';

export type Shower = Schemas['Shower'];

/** Seconds since 1970. The demo's chain goes by this machine's clock until its showers are over. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** Changes the event's showers, wherever they are listed: `change` says how each differs. */
export function withShowers(server: Between, change: (shower: Shower) => Partial<Shower>): void {
  server.patch<Schemas['Showers']>(/^\/v1\/showers$/, (all) => {
    const showers = all.showers.map((shower) => ({ ...shower, ...change(shower) }));
    const open = showers.find(({ status }) => status === 'open');
    return { ...all, showers, current: open?.shower ?? null };
  });
}

/** None has opened; the first opens in so many seconds. */
export function beforeOpening(server: Between, seconds: number): void {
  const opens_at = now() + seconds;
  withShowers(server, ({ shower }) => ({
    status: 'upcoming',
    contributors: 0,
    total: '0',
    opens_at: opens_at + (shower - 1) * 3_600,
    closes_at: opens_at + shower * 3_600,
  }));
}

/** The first has ended, and the second has not opened yet. */
export function betweenShowers(server: Between): void {
  const opens_at = now() + 1_800;
  withShowers(server, ({ shower }) =>
    shower === 1 ? { status: 'ended', closes_at: now() - 60 } : { status: 'upcoming', opens_at },
  );
}

/** The open shower ends in so many seconds. */
export function closingIn(server: Between, seconds: number): void {
  const closes_at = now() + seconds;
  withShowers(server, ({ shower }) => (shower === 1 ? { closes_at } : {}));
}
