// Meteors that aren't in the wallet any more, because the hatchery has them: asked for one by one, each once.
import { useEffect, useState } from 'react';
import { get } from '../../api/client';
import type { Nft } from './filter';

const known = new Map<string, Nft>();
const asked = new Set<string>();

/** Keeps meteors that the page knows already, so that they aren't asked for. */
export function rememberMeteors(nfts: readonly Nft[]): void {
  for (const nft of nfts) if (nft.collection === 'meteors') known.set(nft.token_id, nft);
}

/** The meteors with these ids, as far as they are known by now. */
export function useMeteors(ids: readonly string[]): ReadonlyMap<string, Nft> {
  const [, setCount] = useState(0);
  const key = ids.join(' ');
  useEffect(() => {
    let current = true;
    for (const id of key === '' ? [] : key.split(' ')) {
      if (known.has(id) || asked.has(id)) continue;
      asked.add(id);
      get<Nft>(`/v1/nfts/meteors/${id}`)
        .then(
          (nft) => known.set(id, nft),
          () => undefined,
        )
        .finally(() => {
          asked.delete(id);
          if (current) setCount((count) => count + 1);
        });
    }
    return () => {
      current = false;
    };
  }, [key]);
  return known;
}
