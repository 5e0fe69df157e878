// The end of a sheet that signs: what leaves the wallet, what went wrong, and the button.
import { type ReactNode, useEffect, useState } from 'react';
import type { Fee, Message, Purpose } from '../../chain/message';
import type { Receipt } from '../../chain/receipts';
import { useSend } from '../../chain/send';
import { formatAmount, unitOf } from '../../format/amount';
import { t } from '../../strings';
import { caveText } from '../../strings/cave';
import { Notice } from '../../ui/notice';
import { useWallet } from '../../wallets/use';

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export function Sign({
  messages,
  purpose,
  label,
  leaves,
  onSent,
}: {
  /** Null before the contracts are known. */
  messages: readonly Message[] | null;
  purpose: Purpose;
  label: string;
  /** What leaves the wallet, said with the fee. */
  leaves: (fee: string) => ReactNode;
  onSent: (receipt: Receipt) => void;
}) {
  const sending = useSend();
  const { account } = useWallet();
  const [fee, setFee] = useState<Fee | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const blocked = sending.blocked ?? (messages === null ? t.send.noEvent : null);
  const free = blocked === null;
  const what = JSON.stringify(messages);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `what` and `free` are all that the estimate depends on
  useEffect(() => {
    if (!free || messages === null) return;
    let current = true;
    setTrouble(null);
    sending.estimate(messages).then(
      (fee) => current && setFee(fee),
      (error) => current && setTrouble(wordsOf(error)),
    );
    return () => {
      current = false;
    };
  }, [what, free]);

  const sign = async () => {
    if (!free || busy || messages === null) return;
    setBusy(true);
    setTrouble(null);
    try {
      const cost = fee ?? (await sending.estimate(messages));
      setFee(cost);
      onSent(await sending.send(messages, purpose, cost));
    } catch (error) {
      setTrouble(wordsOf(error));
    }
    setBusy(false);
  };

  const coin = fee?.coins[0];
  const cost = coin ? `${formatAmount(BigInt(coin.amount))} ${unitOf(coin.denom)}` : caveText.sign.feeUnknown;
  return (
    <div className="stack">
      <p className="small sign-leaves">{blocked ?? (trouble !== null && fee === null ? null : leaves(cost))}</p>
      {account?.ledger && <p className="small quiet">{caveText.sign.ledger}</p>}
      {trouble !== null && <Notice kind="bad" title={trouble} live />}
      <button
        type="button"
        className="button main wide"
        aria-disabled={!free || busy ? true : undefined}
        onClick={() => void sign()}
      >
        {busy ? caveText.sign.looking : label}
      </button>
    </div>
  );
}
