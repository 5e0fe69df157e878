// Where an amount stands on the chart, and which amounts are marked at its side. Only positions leave bigint.

export interface Scale {
  /** From 0 (bottom) to 1 (top). */
  at: (amount: bigint) => number;
  /** Round amounts to mark, the least first. */
  ticks: bigint[];
  /** Whether equal steps up multiply. */
  log: boolean;
}

/** From this ratio of the largest to the least, equal steps up multiply: else all low floors lie on the ground. */
const SPREAD = 20;
/** At most so many marks. */
const MARKS = 6;
const UNIT = 1_000_000n;

/** The scale for these amounts (micro-denom); for none of them it is one that shows nothing. */
export function scaleOf(amounts: readonly bigint[]): Scale {
  let low: bigint | null = null;
  let high = 0n;
  for (const amount of amounts) {
    if (low === null || amount < low) low = amount;
    if (amount > high) high = amount;
  }
  if (low === null || high === 0n) return { at: () => 0, ticks: [], log: false };
  return low > 0n && Number(high) / Number(low) > SPREAD ? logScale(low, high) : linearScale(high);
}

function linearScale(high: bigint): Scale {
  const step = roundSteps(high / 5n, high).find((step) => high / step < BigInt(MARKS)) ?? high;
  const top = ((high + step - 1n) / step) * step;
  const ticks: bigint[] = [];
  for (let tick = 0n; tick <= top; tick += step) ticks.push(tick);
  return { at: (amount) => Number(amount) / Number(top), ticks, log: false };
}

function logScale(low: bigint, high: bigint): Scale {
  const rounds = roundSteps(low / 10n, high * 10n);
  const bottom = rounds.filter((round) => round <= low).at(-1) ?? low;
  const top = rounds.find((round) => round >= high) ?? high;
  const inside = rounds.filter((round) => round >= bottom && round <= top);
  const tens = inside.filter((round) => /^10*$/.test(round.toString()));
  let ticks = inside;
  for (let every = 1; ticks.length > MARKS; every += 1) ticks = tens.filter((_, index) => index % every === 0);
  const from = Math.log(Number(bottom));
  const span = Math.log(Number(top)) - from;
  return { at: (amount) => (Math.log(Number(amount)) - from) / span, ticks, log: true };
}

/** 1, 2 and 5 times powers of ten from about `from` to about `to`, the least first. */
function roundSteps(from: bigint, to: bigint): bigint[] {
  const steps: bigint[] = [];
  for (let ten = 1n; ten <= to * 10n; ten *= 10n) {
    for (const digit of [1n, 2n, 5n]) if (digit * ten >= from && digit * ten <= to * 10n) steps.push(digit * ten);
  }
  return steps.length > 0 ? steps : [UNIT];
}

/** Where the `index`th of `count` showers stands, from 0 to 1; a single one in the middle. */
export function across(index: number, count: number): number {
  return count < 2 ? 0.5 : index / (count - 1);
}

/** Which of `count` showers is nearest to a place from 0 to 1. */
export function nearest(place: number, count: number): number {
  if (count < 2) return 0;
  return Math.min(count - 1, Math.max(0, Math.round(place * (count - 1))));
}

/** Which of `count` showers get their number written where there is room for `room` numbers: first, last, and between. */
export function numbered(count: number, room: number): number[] {
  const steps = [1, 2, 5, 10, 20, 25, 50];
  const step = steps.find((step) => Math.floor(count / step) + 1 <= room) ?? count;
  const shown = [];
  for (let number = step === 1 ? 1 : step; number <= count; number += step) shown.push(number);
  // What would touch the first or the last number makes way for it.
  if (step > 1 && (shown[0] ?? 0) - 1 < step * 0.7) shown.shift();
  if (shown[0] !== 1) shown.unshift(1);
  while (shown.length > 1 && count - (shown.at(-1) ?? 0) < step * 0.7) shown.pop();
  if (shown.at(-1) !== count) shown.push(count);
  return shown;
}

/** Moves places apart until neighbours are `gap` apart, inside 0 to `height`; in the order given, which is from the top. */
export function spread(places: readonly number[], gap: number, height: number): number[] {
  const out = [...places];
  for (let i = 0; i < out.length; i += 1) {
    const above = out[i - 1];
    out[i] = Math.max(out[i] ?? 0, above === undefined ? 0 : above + gap);
  }
  let floor = height;
  for (let i = out.length - 1; i >= 0; i -= 1) {
    out[i] = Math.min(out[i] ?? 0, floor);
    floor = (out[i] ?? 0) - gap;
  }
  return out;
}
