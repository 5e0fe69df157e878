// What is new in my cave since the last visit: tokens that were minted after the height that it saw last.
import { useEffect, useState } from 'react';
import type { Holdings } from './holdings';

const name = (contract: string, address: string) => `meteor.cave.${contract}.${address}`;

function read(store: Storage, key: string): number | null {
  const height = Number(store.getItem(key) ?? Number.NaN);
  return Number.isSafeInteger(height) && height >= 0 ? height : null;
}

/** The height that the last visit saw; the first one saw nothing before `height`. A reload is no new visit. */
function lastVisit(key: string, height: number): number {
  const last = read(sessionStorage, key) ?? read(localStorage, key) ?? height;
  // A chain that began anew is lower than before.
  return Math.min(last, height);
}

/** The height after which a token is new in this cave; null where nothing is. */
export function useNews(contract: string | undefined, mine: boolean, holdings: Holdings | undefined): number | null {
  const key = mine && contract && holdings ? name(contract, holdings.address) : null;
  const [since, setSince] = useState<{ key: string; height: number } | null>(null);
  const height = holdings?.whole ? holdings.height : null;
  useEffect(() => {
    if (key === null || height === null) return;
    try {
      const last = lastVisit(key, height);
      sessionStorage.setItem(key, String(last));
      localStorage.setItem(key, String(height));
      setSince((old) => (old?.key === key ? old : { key, height: last }));
    } catch {
      // Without storage nothing is marked.
    }
  }, [key, height]);
  return since?.key === key ? since.height : null;
}
