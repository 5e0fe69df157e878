// The fee of a contribution, by simulating it while the visitor still looks at the amount.
import { useEffect, useState } from 'react';
import { snapshot } from '../../api/live';
import { contribute, type Fee } from '../../chain/message';
import type { Sending } from '../../chain/send';
import { useSettled } from './quote';

export interface KnownFee {
  fee: Fee | null;
  /** Why the chain would refuse the contribution, in its words. */
  trouble: string | null;
}

const NONE: KnownFee = { fee: null, trouble: null };

/** `add` (micro-denom) is null while there is nothing to ask for. */
export function useFee(shower: number, add: bigint | null, sending: Sending, address: string | null): KnownFee {
  const settled = useSettled(add, 400);
  const [known, setKnown] = useState<KnownFee & { key: string }>({ ...NONE, key: '' });
  // What was just sent still settles for a moment: it must not be asked for again.
  const key =
    settled !== null && settled === add && address !== null && sending.blocked === null
      ? `${address} ${shower} ${settled}`
      : '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for everything that the estimate depends on
  useEffect(() => {
    const { config } = snapshot();
    if (key === '' || settled === null || config === null) return;
    let current = true;
    sending.estimate([contribute(config, shower, settled)]).then(
      (fee) => current && setKnown({ key, fee, trouble: null }),
      (error) =>
        current && setKnown({ key, fee: null, trouble: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      current = false;
    };
  }, [key]);
  return known.key === key && settled === add ? known : NONE;
}
