// The reveal on the screen: one meteor after the other, and at the end what they all held.
import { useEffect, useRef, useState } from 'react';
import { type Receipt, useReceipts } from '../../chain/receipts';
import { formatCount } from '../../format/amount';
import { Link } from '../../router';
import { t } from '../../strings';
import { caveText } from '../../strings/cave';
import { Notice } from '../../ui/notice';
import { Picture } from '../../ui/picture';
import { TierName } from '../../ui/tier';
import { useMeteors } from './meteors';
import { Scene } from './scene';
import { markSeen, receiptOf, type Watched } from './watch';
import './reveal.css';

export function Reveal({ all, onClose }: { all: readonly Watched[]; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const receipts = useReceipts();
  const meteors = useMeteors(all.filter((one) => one.meteor === null).map((one) => one.id));
  const [showing, setShowing] = useState<string | null>(null);
  const [calm, setCalm] = useState<string | null>(null);
  useEffect(() => {
    const open = dialog.current;
    open?.showModal();
    return () => open?.close();
  }, []);

  const ready = all.filter((one) => one.stage === 'found' && !one.seen);
  const pending = all.filter((one) => one.stage === 'sent' || one.stage === 'cracking');
  const next = ready[0];
  const now = ready.find((one) => one.id === showing) ?? next ?? pending[0];
  // What is being shown stays, whatever else is revealed meanwhile.
  useEffect(() => {
    if (next && !ready.some((one) => one.id === showing)) setShowing(next.id);
  });

  const close = () => {
    if (now?.stage === 'found') markSeen([now.id]);
    onClose();
  };
  const after = () => {
    if (!now) return;
    if (all.length === 1) close();
    else markSeen([now.id]);
  };
  const seen = all.filter((one) => one.seen).length;
  return (
    <dialog
      ref={dialog}
      className="stage"
      aria-label={caveText.stage.title}
      onClose={() => !dialog.current?.open && close()}
    >
      <div className="row spread stage-top">
        <span className="quiet number">
          {all.length > 1 && now && caveText.stage.of(formatCount(seen + 1), formatCount(all.length))}
        </span>
        <button type="button" className="button little" onClick={close}>
          {t.close}
        </button>
      </div>
      {now ? (
        <>
          <Scene
            key={now.id}
            meteor={now.meteor ?? meteors.get(now.id) ?? null}
            found={now.found}
            onCalm={() => setCalm(now.id)}
          />
          <div className="stage-words">
            {now.found ? (
              <Found
                key={now.id}
                one={now}
                alone={all.length === 1}
                calm={calm === now.id}
                more={ready.length + pending.length - 1}
                rest={ready.length - 1}
                onNext={after}
                onRest={() => markSeen(ready.map((one) => one.id))}
                onClose={close}
              />
            ) : (
              <Waiting one={now} receipt={receiptOf(now, receipts)} />
            )}
          </div>
        </>
      ) : (
        <Sum all={all} receipts={receipts} onClose={close} />
      )}
    </dialog>
  );
}

function Waiting({ one, receipt }: { one: Watched; receipt: Receipt | undefined }) {
  const signed = one.stage === 'sent' && receipt?.state !== 'block';
  return (
    <>
      <p className="stage-title" role="status">
        {signed ? caveText.stage.signed : caveText.stage.hatchery}
      </p>
      <p className="quiet small">{caveText.stage.goesOn}</p>
    </>
  );
}

function Found({
  one,
  alone,
  calm,
  more,
  rest,
  onNext,
  onRest,
  onClose,
}: {
  one: Watched;
  /** Whether it is the only one. */
  alone: boolean;
  /** Whether the picture has come to rest. */
  calm: boolean;
  /** How many are still to come, revealed or not. */
  more: number;
  /** How many of them are revealed already. */
  rest: number;
  onNext: () => void;
  onRest: () => void;
  onClose: () => void;
}) {
  const nft = one.found;
  if (!nft) return null;
  return (
    <div className="stage-found" data-calm={calm}>
      <div role="status">
        {calm && (
          <>
            <p className={`stage-title ${nft.tier}`}>
              {nft.collection === 'eggs' ? caveText.stage.egg : caveText.stage.dust}
            </p>
            <p>{nft.name}</p>
            <p className="row stage-facts small">
              <TierName tier={nft.tier} />
              <span className="quiet number">
                {caveText.stage.rank(formatCount(nft.rank), formatCount(nft.shower))}
              </span>
            </p>
          </>
        )}
      </div>
      <div className="row stage-buttons">
        {more > 0 ? (
          <>
            <button type="button" className="button main" onClick={onNext}>
              {caveText.stage.next}
            </button>
            {rest > 0 && (
              <button type="button" className="button" onClick={onRest}>
                {caveText.stage.rest}
              </button>
            )}
          </>
        ) : (
          <>
            <button type="button" className="button main" onClick={onNext}>
              {alone ? caveText.stage.done : caveText.stage.all}
            </button>
            <Link className="button" to={`/fairness/${nft.shower}/${nft.token_id}`} onClick={onClose}>
              {caveText.stage.verify}
            </Link>
          </>
        )}
      </div>
    </div>
  );
}

/** What they all held, and what went wrong. */
function Sum({
  all,
  receipts,
  onClose,
}: {
  all: readonly Watched[];
  receipts: readonly Receipt[];
  onClose: () => void;
}) {
  const found = all.flatMap((one) => (one.found ? [one.found] : []));
  const eggs = found.filter((nft) => nft.collection === 'eggs');
  const failed = all.find((one) => one.stage === 'failed');
  const back = all.some((one) => one.stage === 'back');
  const receipt = failed && receiptOf(failed, receipts);
  return (
    <div className="stack stage-sum">
      {failed && (
        <Notice kind="bad" title={caveText.stage.failed} live>
          {receipt?.error && <p>{receipt.error}</p>}
          <p>{caveText.stage.failedNote}</p>
        </Notice>
      )}
      {all.length === 0 && <p className="stage-title">{caveText.custody.late}</p>}
      {back && <Notice kind="good" title={caveText.stage.back} live />}
      {found.length > 0 && (
        <>
          <p className="stage-title" role="status">
            {caveText.stage.sum(formatCount(eggs.length), eggs.length === 1, formatCount(found.length - eggs.length))}
          </p>
          <ul className="stage-all">
            {[...eggs, ...found.filter((nft) => nft.collection !== 'eggs')].map((nft) => (
              <li key={nft.token_id} className={nft.tier}>
                <Picture nft={nft} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p>
        <button type="button" className="button main" onClick={onClose}>
          {caveText.stage.done}
        </button>
      </p>
    </div>
  );
}
