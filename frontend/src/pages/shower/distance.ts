// How far it is to the next tier.
import { TIERS, type Tier } from '../../api/client';

interface TierFloor {
  tier: Tier;
  floor?: string | null | undefined;
  size: number;
}

/**
 * The next better tier that has a floor, and how much more than `amount` (micro-denom) passes it; null in the best. Equal
 * amounts rank by who was first, so it takes one unit more than the floor.
 */
export function nextTier(
  amount: bigint,
  tier: Tier,
  floors: readonly TierFloor[],
): { tier: Tier; more: bigint } | null {
  const better = TIERS.slice(0, TIERS.indexOf(tier)).reverse();
  for (const name of better) {
    const floor = floors.find((of) => of.tier === name)?.floor;
    if (floor != null) return { tier: name, more: BigInt(floor) + 1n - amount };
  }
  return null;
}

/** What a wallet with `mine` would have to add to be in each tier now, best first; tiers it is in or above are left out. */
export function waysUp(mine: bigint, floors: readonly TierFloor[]): { tier: Tier; add: bigint }[] {
  return floors
    .filter((of) => of.size > 0 && of.floor != null)
    .map((of) => ({ tier: of.tier, add: BigInt(of.floor ?? '0') + 1n - mine }))
    .filter((way) => way.add > 0n);
}
