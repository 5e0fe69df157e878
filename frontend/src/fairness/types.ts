// What the rules answer (packages/rules-web): steps, reports, the event, a meteor.
import type { Tier } from '../api/client';

/** A step of the verification, in the order in which they are shown. */
export const EVENT_STEPS = ['beacon-rule', 'catalogue'] as const;
export const SHOWER_STEPS = [
  'contributions',
  'ranking',
  'odds',
  'beacon-round',
  'beacon',
  'key',
  'tables',
  'draw',
  'reveals',
] as const;
export type StepName = (typeof EVENT_STEPS)[number] | (typeof SHOWER_STEPS)[number] | 'meteor';

export type Outcome = 'passed' | 'failed' | 'not_checked';

export interface Step {
  name: StepName;
  /** What it shows if it passes, in the verifier's words. */
  shows: string;
  outcome: Outcome;
  /** What was found, or why it fails or was not checked, in the verifier's words. */
  detail: string;
}

export interface Report {
  shower: number;
  paused: boolean;
  steps: Step[];
}

/** How much of a shower there is to check. */
export type Stage = 'open' | 'closed' | 'empty' | 'cancelled' | 'sealed' | 'published';

export interface ShowerTold {
  shower: number;
  state: Stage;
  /** Whether contributing was paused while it was open. */
  paused: boolean;
  contributors: number;
  /** Meteors of all showers before: the one of rank r is number `earlier + r`. */
  earlier: number;
  /** When it was due to close, and until when its key is due (Unix seconds). */
  closes_at: number;
  key_due: number;
}

export interface EventTold {
  chain_id: string;
  contract: string;
  /** Null for what is no beacon at all. */
  beacon: 'quicknet' | 'test' | null;
  delay: number;
  steps: Step[];
  showers: ShowerTold[];
}

export interface MeteorFacts {
  token_id: number;
  shower: number;
  contributor: string;
  /** Micro-denom, in digits. */
  amount: string;
  rank: number;
  tier: Tier;
  odds: { numerator: string; denominator: string };
  /** Its place in the tier's list of the catalogue, from 0. */
  piece: number;
  /** What the draw gave it; null while that can't be recomputed. */
  content: { kind: 'egg' | 'dust'; image: string; traits: number[] } | null;
}

export interface MeteorTold {
  report: Report;
  meteor: MeteorFacts | null;
  /** Its odds in per cent, rounded down; null with the meteor. */
  percent: string | null;
  /** What it was revealed to hold, if it was cracked; the step `reveals` says whether that was sealed. */
  revealed: 'egg' | 'dust' | null;
}

/** What is asked of the rules. Evidence stays bytes: it is hashed as it came. */
export type Ask =
  | { ask: 'event'; fairness: Uint8Array; catalogue: Uint8Array | null }
  | { ask: 'shower' | 'meteor'; number: number; files: Files };

export interface Files {
  fairness: Uint8Array;
  tables: Uint8Array;
  /** Null for a shower that is still open. */
  contributions: Uint8Array | null;
  /** Pages of reveals as the server sends them. */
  reveals: Uint8Array[];
}
