// What this server is set to: fees, tax, image gateways, support. Asked for once, and again after a while.
import { useEffect, useState } from 'react';
import { get, type Schemas } from './client';
import { useLive } from './use';

export type Site = Schemas['Site'];

const FRESH = 60_000;
/** Before a node has told the server the tax, that answer is a passing one. */
const PASSING = 5_000;

let asked: { at: number; answer: Promise<Site> } | null = null;

/** @throws {ApiError} */
export function site(): Promise<Site> {
  if (asked === null || performance.now() - asked.at > FRESH) {
    const answer = get<Site>('/v1/site');
    asked = { at: performance.now(), answer };
    answer.then(
      (told) => {
        if (told.burn_tax === null && asked?.answer === answer) asked.at -= FRESH - PASSING;
      },
      // A failure is not kept.
      () => {
        asked = null;
      },
    );
  }
  return asked.answer;
}

/** The same for a component; null before the answer and where there is none. */
export function useSite(): Site | null {
  const [value, setValue] = useState<Site | null>(null);
  const lost = useLive().link === 'lost';
  // A server that came back is asked again, and one that does not know the tax yet.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const ask = () =>
      site().then(
        (told) => {
          if (gone) return;
          setValue(told);
          if (told.burn_tax === null) timer = setTimeout(ask, PASSING);
        },
        () => undefined,
      );
    if (!lost) ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [lost]);
  return value;
}
