// How to take part, step by step, with what is done ticked off. In a demo also the way to its end.
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { finishDemo, useDemo } from '../../api/demo';
import { useApi } from '../../api/use';
import { Link } from '../../router';
import { t } from '../../strings';
import { useWallet } from '../../wallets/use';

type Wallet = Schemas['Wallet'];

/** How many of the steps connect, contribute, meteor, crack a wallet has done. */
export function stepsDone(connected: boolean, wallet: Wallet | undefined): number {
  if (!connected) return 0;
  if (!wallet || wallet.showers.length === 0) return 1;
  if (wallet.eggs + wallet.dust > 0) return 4;
  if (wallet.meteors + wallet.cracking > 0) return 3;
  return 2;
}

export function Guide() {
  const { account } = useWallet();
  const demo = useDemo();
  const { data } = useApi<Wallet>(account && `/v1/wallets/${account.address}`);
  const done = stepsDone(account !== null, data);
  const over = demo?.phase === 'over';
  const steps: ReactNode[] = [
    t.guide.connect,
    t.guide.contribute,
    t.guide.meteor,
    <Link key="crack" to="/cave">
      {t.guide.crack}
    </Link>,
    <Link key="check" to="/fairness">
      {t.guide.check}
    </Link>,
  ];
  return (
    <section className="card stack guide" aria-labelledby="guide">
      <h2 id="guide">{demo !== null ? t.guide.demoTitle : t.guide.title}</h2>
      {demo !== null && <p className="quiet">{t.banners.demo}</p>}
      <ol>
        {steps.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps never change places
          <li key={at} data-done={at < done || undefined} aria-current={at === done ? 'step' : undefined}>
            <span>{step}</span>
            {at < done && <span className="hide"> ({t.guide.done})</span>}
          </li>
        ))}
      </ol>
      {demo?.phase === 'waiting' && <Finish />}
      {demo?.phase === 'finishing' && <p role="status">{t.guide.finishing}</p>}
      {over && <p>{t.guide.over}</p>}
    </section>
  );
}

/** A demo waits for its visitors before it publishes the keys. */
function Finish() {
  const [asked, setAsked] = useState(false);
  const finish = async () => {
    setAsked(true);
    await finishDemo().catch(() => setAsked(false));
  };
  return (
    <>
      <p>{t.guide.waiting}</p>
      <p>
        <button type="button" className="button" disabled={asked} onClick={finish}>
          {t.guide.finish}
        </button>
      </p>
    </>
  );
}
