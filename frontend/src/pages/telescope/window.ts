// Which parts of a ranking are shown.

/** Ranks after `after`, at most `limit` of them. */
export interface Part {
  after: number;
  limit: number;
}

const PAGE = 50;
/** So many better ranks are shown above the one that was looked for. */
const ABOVE = 5;

/** The page on which `rank` stands near the top. */
export function windowAt(rank: number, contributors: number): Part[] {
  const latest = Math.max(0, contributors - PAGE);
  return [{ after: Math.max(0, Math.min(rank - 1 - ABOVE, latest)), limit: PAGE }];
}

/** With the page after it. */
export function later(parts: readonly Part[]): Part[] {
  const last = parts.at(-1);
  return [...parts, { after: last ? last.after + last.limit : 0, limit: PAGE }];
}

/** With the page before it. */
export function earlier(parts: readonly Part[]): Part[] {
  const first = parts[0]?.after ?? 0;
  const after = Math.max(0, first - PAGE);
  return first === 0 ? [...parts] : [{ after, limit: first - after }, ...parts];
}
