// What this server is set to: fees, tax, image gateways, support. Asked for once, and again after a while.
import { useEffect, useState } from 'react';
import { get, type Schemas } from './client';
import { useLive } from './use';

export type Site = Schemas['Site'];

const FRESH = 60_000;

let asked: { at: number; answer: Promise<Site> } | null = null;

/** @throws {ApiError} */
export function site(): Promise<Site> {
  if (asked === null || performance.now() - asked.at > FRESH) {
    const answer = get<Site>('/v1/site');
    asked = { at: performance.now(), answer };
    // A failure is not kept.
    answer.catch(() => {
      asked = null;
    });
  }
  return asked.answer;
}

/** The same for a component; null before the answer and where there is none. */
export function useSite(): Site | null {
  const [value, setValue] = useState<Site | null>(null);
  const lost = useLive().link === 'lost';
  // A server that came back is asked again.
  useEffect(() => {
    if (!lost) site().then(setValue, () => undefined);
  }, [lost]);
  return value;
}
