// How many eggs of a tier nobody has found yet: those the draw gave it, less those that reveals have shown.
import { useEffect, useState } from 'react';
import { get, type Schemas, type Tier } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';

export interface Hidden {
  /** Eggs that are still in meteors. */
  eggs: number;
  /** Eggs that the draw gave the tier. */
  of: number;
  /** Meteors of the tier that are not revealed. */
  meteors: number;
}

type TierPart = Pick<Schemas['TierFloor'], 'tier' | 'size' | 'eggs'>;
type RevealPart = Pick<Schemas['Reveal'], 'index' | 'found'>;

/**
 * Counts them; null if it can't be known. `tiers` are the shower's, best first; `reveals` all of its reveals, whose
 * index is the rank − 1.
 */
export function countHidden(tier: Tier, tiers: readonly TierPart[], reveals: readonly RevealPart[]): Hidden | null {
  let first = 0;
  for (const part of tiers) {
    if (part.tier === tier) {
      const shown = reveals.filter(({ index }) => index >= first && index < first + part.size);
      const eggs = shown.filter(({ found }) => found === 'eggs').length;
      const hidden = { eggs: part.eggs - eggs, of: part.eggs, meteors: part.size - shown.length };
      return hidden.eggs < 0 || hidden.eggs > hidden.meteors ? null : hidden;
    }
    first += part.size;
  }
  return null;
}

/**
 * Whether every egg of the draw is in a meteor: the shower is drawn, and none of its contributions is refunded instead.
 */
export function certain(shower: Shower | undefined): boolean {
  return shower !== undefined && shower.status === 'minted' && !shower.cancelled && shower.refunds === 0;
}

const PAGE = 1000;
/** Reveals that were read already, by shower. They only ever grow, so each is asked for once. */
const known = new Map<number, RevealPart[]>();

async function readReveals(shower: number): Promise<readonly RevealPart[]> {
  const list = known.get(shower) ?? [];
  known.set(shower, list);
  for (;;) {
    const from = list.length;
    const page = await get<Schemas['Reveals']>(`/v1/showers/${shower}/reveals?after=${from}&limit=${PAGE}`);
    // Another reader may have been faster.
    if (list.length === from) for (const { index, found } of page.reveals) list.push({ index, found });
    if (page.next == null) return list;
  }
}

/** The same for a component. `asked` says whether it can be known; until it is, `hidden` is null. */
export function useHidden(number: number, tier: Tier): { asked: boolean; hidden: Hidden | null } {
  const { showers, changed } = useLive();
  const asked = certain(showers.find((shower) => shower.shower === number));
  const { data } = useApi<Schemas['Floors']>(asked ? `/v1/showers/${number}/floors` : null);
  const [reveals, setReveals] = useState<readonly RevealPart[] | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `changed` is why it is asked again
  useEffect(() => {
    if (!asked) return;
    let current = true;
    readReveals(number).then(
      (list) => current && setReveals([...list]),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [asked, number, changed]);
  return { asked, hidden: asked && data && reveals ? countHidden(tier, data.tiers, reveals) : null };
}
