// How far it is to the next tier.
import { TIERS, type Tier } from '../../api/client';

interface TierFloor {
  tier: Tier;
  floor?: string | null | undefined;
  size: number;
}

const CENT = 10_000n;

/**
 * The least amount of whole cents (micro-denom) that passes a floor. Equal amounts rank by who was first, so the floor
 * itself is not enough.
 */
function past(floor: bigint, mine: bigint): bigint {
  const more = floor + 1n - mine;
  return more <= 0n ? more : ((more + CENT - 1n) / CENT) * CENT;
}

/** The next better tier that has a floor, and how much more than `amount` (micro-denom) passes it; null in the best. */
export function nextTier(
  amount: bigint,
  tier: Tier,
  floors: readonly TierFloor[],
): { tier: Tier; more: bigint } | null {
  const better = TIERS.slice(0, TIERS.indexOf(tier)).reverse();
  for (const name of better) {
    const floor = floors.find((of) => of.tier === name)?.floor;
    if (floor != null) return { tier: name, more: past(BigInt(floor), amount) };
  }
  return null;
}

/**
 * What a wallet with `mine` (micro-denom) would have to add to pass the floor of each tier above the lowest, best first. Those
 * it is past already are left out.
 */
export function waysUp(mine: bigint, floors: readonly TierFloor[]): { tier: Tier; add: bigint }[] {
  return floors
    .filter((of) => of.tier !== TIERS.at(-1) && of.size > 0 && of.floor != null)
    .map((of) => ({ tier: of.tier, add: past(BigInt(of.floor ?? '0'), mine) }))
    .filter((way) => way.add > 0n);
}
