// Which tokens of a cave are shown: by kind, tier and shower. The choice lives in the address bar's query.
import { type Schemas, TIERS, type Tier } from '../../api/client';

export type Nft = Schemas['Nft'];

export const KINDS = ['meteors', 'eggs', 'dust'] as const;
export type Kind = (typeof KINDS)[number];

/** Null leaves a part open. */
export interface Filter {
  kind: Kind | null;
  tier: Tier | null;
  shower: number | null;
}

export const OPEN: Filter = { kind: null, tier: null, shower: null };

/** Reads a filter from a query. What it doesn't know, it leaves open. */
export function readFilter(query: URLSearchParams): Filter {
  const shower = query.get('shower') ?? '';
  return {
    kind: KINDS.find((kind) => kind === query.get('kind')) ?? null,
    tier: TIERS.find((tier) => tier === query.get('tier')) ?? null,
    shower: /^[1-9][0-9]{0,5}$/.test(shower) ? Number(shower) : null,
  };
}

/** The query of a filter: empty, or with its question mark. */
export function writeFilter({ kind, tier, shower }: Filter): string {
  const query = new URLSearchParams();
  if (kind) query.set('kind', kind);
  if (tier) query.set('tier', tier);
  if (shower !== null) query.set('shower', String(shower));
  const text = query.toString();
  return text && `?${text}`;
}

export function passes(nft: Nft, { kind, tier, shower }: Filter): boolean {
  return (
    (kind === null || nft.collection === kind) &&
    (tier === null || nft.tier === tier) &&
    (shower === null || nft.shower === shower)
  );
}

/** How many tokens each kind has among those that the rest of the filter lets pass. */
export function countKinds(nfts: readonly Nft[], filter: Filter): Record<Kind, number> {
  const counts = { meteors: 0, eggs: 0, dust: 0 };
  for (const nft of nfts) {
    const kind = KINDS.find((kind) => kind === nft.collection);
    if (kind && passes(nft, { ...filter, kind: null })) counts[kind] += 1;
  }
  return counts;
}

/** The showers that tokens of a cave came from, the newest first. */
export function showersOf(nfts: readonly Nft[]): number[] {
  return [...new Set(nfts.map((nft) => nft.shower))].sort((a, b) => b - a);
}

/** What identifies a token among all collections: `eggs-12`. */
export const keyOf = (nft: { collection: string; token_id: string }): string => `${nft.collection}-${nft.token_id}`;
