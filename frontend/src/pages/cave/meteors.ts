// Meteors that aren't in the wallet any more, because the hatchery has them: asked for one by one, each once.
import { useEffect } from 'react';
import { get } from '../../api/client';
import { Store, useStore } from '../../store';
import type { Nft } from './filter';

const known = new Store<ReadonlyMap<string, Nft>>(new Map());
const asked = new Set<string>();

/** Keeps meteors that the page knows already, so that they aren't asked for. */
export function rememberMeteors(nfts: readonly Nft[]): void {
  const next = new Map(known.get());
  for (const nft of nfts) if (nft.collection === 'meteors') next.set(nft.token_id, nft);
  known.set(next);
}

async function ask(id: string): Promise<void> {
  if (known.get().has(id) || asked.has(id)) return;
  asked.add(id);
  try {
    rememberMeteors([await get<Nft>(`/v1/nfts/meteors/${encodeURIComponent(id)}`)]);
  } catch {
    // Asked again when the list changes.
  }
  asked.delete(id);
}

/** The meteors with these ids, as far as they are known by now. */
export function useMeteors(ids: readonly string[]): ReadonlyMap<string, Nft> {
  const key = ids.join(' ');
  useEffect(() => {
    for (const id of key === '' ? [] : key.split(' ')) void ask(id);
  }, [key]);
  return useStore(known);
}
