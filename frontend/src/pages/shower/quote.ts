// What an amount would bring, asked as one types.
import { useEffect, useState } from 'react';
import type { Schemas } from '../../api/client';
import { useApi } from '../../api/use';

export type Quote = Schemas['Quote'];

/** The value after it has been still for `ms`: a request for each keystroke would be too many. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** Rank, tier and odds with `add` more than the wallet has (micro-denom); null asks for nothing. */
export function useQuote(shower: number, mine: bigint, add: bigint | null, address: string | null): Quote | undefined {
  const total = add !== null && add > 0n ? mine + add : null;
  const who = address ? `&address=${address}` : '';
  return useApi<Quote>(total === null ? null : `/v1/showers/${shower}/quote?amount=${total}${who}`).data;
}
