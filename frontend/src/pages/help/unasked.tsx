// Coins that came to the contract by hand: never to be sent, and what became of those that were.
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError, get, type Schemas } from '../../api/client';
import { useApi } from '../../api/use';
import { formatAmount, unitOf } from '../../format/amount';
import { formatMoment } from '../../format/time';
import { go, useQuery } from '../../router';
import { t } from '../../strings';
import { helpText } from '../../strings/help';

type Unasked = Schemas['UnaskedCoins'];

const PATH = '/v1/unasked?limit=1000';

export function Sent() {
  const address = useQuery('address') ?? '';
  return (
    <section className="card stack" aria-labelledby="sent">
      <div className="sent stack">
        <div className="stack">
          <h2 id="sent" className="danger">
            {helpText.sent}
          </h2>
          <p>{helpText.sentMore}</p>
        </div>
        <div className="stack tight">
          <Search key={address} address={address} />
          <Left />
        </div>
      </div>
    </section>
  );
}

function Search({ address }: { address: string }) {
  const [typed, setTyped] = useState(address);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = typed.trim();
    go(wanted === '' ? '/help' : `/help?address=${encodeURIComponent(wanted)}`, { replace: true });
  };
  return (
    <form className="sent-search" onSubmit={submit}>
      <div className="field">
        <label htmlFor="sender">{helpText.sentFind}</label>
        <div className="with-button">
          <input
            id="sender"
            className="input"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            aria-describedby="sent-answer"
            placeholder="terra1…"
            autoCapitalize="none"
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
          />
          <button type="submit" className="button little">
            {helpText.sentButton}
          </button>
        </div>
      </div>
      <div id="sent-answer" role="status">
        {address !== '' && <Answer address={address} />}
      </div>
    </form>
  );
}

type Known = { is: 'waiting' } | { is: 'failed'; why: string } | { is: 'known'; moved: Moved[] };

interface Moved {
  back: boolean;
  amount: bigint;
  denom: string;
  time: number;
  height: number;
}

/** Everything that came from the address and went back to it, in order. The list is read to its end. */
async function movedOf(address: string): Promise<Moved[]> {
  const moved: Moved[] = [];
  const take = (of: Schemas['Moved'][], back: boolean) => {
    for (const { who, amount, denom, time, height } of of) {
      if (who === address) moved.push({ back, amount: BigInt(amount), denom, time, height });
    }
  };
  let path: string | null = PATH;
  let first = true;
  while (path !== null) {
    const page: Unasked = await get<Unasked>(path);
    take(page.received, false);
    // Each page has all that was returned.
    if (first) take(page.returned, true);
    first = false;
    path = page.next ?? null;
  }
  return moved.sort((a, b) => a.height - b.height);
}

/** Whether more came than went back, of any denom. */
function isMissing(moved: readonly Moved[]): boolean {
  const left = new Map<string, bigint>();
  for (const { back, amount, denom } of moved) left.set(denom, (left.get(denom) ?? 0n) + (back ? -amount : amount));
  return [...left.values()].some((amount) => amount > 0n);
}

function Answer({ address }: { address: string }) {
  const [known, setKnown] = useState<Known>({ is: 'waiting' });
  useEffect(() => {
    let current = true;
    movedOf(address).then(
      (moved) => current && setKnown({ is: 'known', moved }),
      (error) => current && setKnown({ is: 'failed', why: error instanceof ApiError ? error.message : String(error) }),
    );
    return () => {
      current = false;
    };
  }, [address]);
  switch (known.is) {
    case 'waiting':
      return <p className="quiet">{t.loading}</p>;
    case 'failed':
      return <p className="danger">{known.why}</p>;
    case 'known':
      if (known.moved.length === 0) return <p>{helpText.sentNone}</p>;
      return (
        <ul className="stack tight number">
          {known.moved.map(({ back, amount, denom, time, height }, index) => {
            const coins = `${formatAmount(amount)} ${unitOf(denom)}`;
            const words = back ? helpText.sentBack : helpText.sentCame;
            // biome-ignore lint/suspicious/noArrayIndexKey: two entries may be alike, and none moves
            return <li key={`${height} ${index}`}>{words(coins, formatMoment(time))}</li>;
          })}
          {isMissing(known.moved) && <li className="quiet">{helpText.sentAsk}</li>}
        </ul>
      );
  }
}

/** What is still there, of all senders. */
function Left() {
  const { data } = useApi<Unasked>('/v1/unasked?limit=1', { again: '' });
  const coins = (data?.left ?? []).map(({ amount, denom }) => `${formatAmount(BigInt(amount))} ${unitOf(denom)}`);
  return (
    <p className="quiet small left">
      {data === undefined ? '' : coins.length === 0 ? helpText.sentNothingLeft : helpText.sentLeft(coins.join(', '))}
    </p>
  );
}
