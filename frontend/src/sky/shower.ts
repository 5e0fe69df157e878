// Which meteors are in the air and which wait: bounded, so that no number of contributions costs more.
import type { Falling } from './falling';
import { type Flight, grounded, over, plan } from './flight';

/** The most meteors in the air at once. */
export const IN_AIR = 16;

/** The most that wait to fall. When more come, those that wait longest are left out. */
export const WAITING = 48;

/** Calls closer together than this (milliseconds) are one block. */
const TOGETHER = 400;

/** The contributions of a block fall within at most this time (milliseconds), about a block's. */
const SPREAD = 5600;

/** Time that each further contribution of a block adds to the spread (milliseconds). */
const APART = 190;

interface Waiting {
  falling: Falling;
  at: number;
}

/** The meteors of one sky. */
export class Shower {
  private readonly random: () => number;
  private waiting: Waiting[] = [];
  private readonly air: Flight[] = [];
  private readonly spare: Flight[];
  private blockAt = -Infinity;
  private ofBlock = 0;

  /**
   * @param random makes starts and paths
   * @param most in the air at once
   */
  constructor(random: () => number, most = IN_AIR) {
    this.random = random;
    this.spare = Array.from({ length: most }, grounded);
  }

  /** A contribution is in a block: it falls now, or a little later if its block has many. */
  add(falling: Falling, now: number): void {
    if (now - this.blockAt > TOGETHER) {
      this.blockAt = now;
      this.ofBlock = 0;
    }
    const delay = this.random() * Math.min(SPREAD, APART * this.ofBlock);
    this.ofBlock += 1;
    this.waiting.push({ falling, at: now + delay });
    if (this.waiting.length > WAITING) this.waiting.shift();
  }

  /** Lets go what is over and starts what is due. `started` hears of each. */
  step(now: number, width: number, height: number, started?: (flight: Flight) => void): void {
    for (let i = this.air.length - 1; i >= 0; i -= 1) {
      const flight = this.air[i];
      if (flight !== undefined && over(flight, now)) {
        this.air.splice(i, 1);
        this.spare.push(flight);
      }
    }
    for (let i = 0; i < this.waiting.length; ) {
      const next = this.waiting[i];
      if (next === undefined || next.at > now) {
        i += 1;
        continue;
      }
      const flight = this.spare.pop();
      if (flight === undefined) return;
      this.waiting.splice(i, 1);
      plan(flight, next.falling, now, width, height, this.random);
      this.air.push(flight);
      started?.(flight);
    }
  }

  /** Those in the air. */
  get flights(): readonly Flight[] {
    return this.air;
  }

  /** How many wait. */
  get queued(): number {
    return this.waiting.length;
  }

  /** Whether there is anything to draw, now or soon. */
  get busy(): boolean {
    return this.air.length > 0 || this.waiting.length > 0;
  }

  /** Forgets everything: nobody is looking. */
  clear(): void {
    this.waiting = [];
    this.spare.push(...this.air.splice(0));
  }
}
