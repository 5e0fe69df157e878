// The tokens of a cave: filters, the grid, and choosing meteors to crack.
import { useState } from 'react';
import { formatCount } from '../../format/amount';
import { go, Link, useSearch } from '../../router';
import { t } from '../../strings';
import { caveText } from '../../strings/cave';
import { Card, ChoiceCard } from './card';
import { CrackSheet } from './crack';
import { keyOf, type Nft, OPEN, passes, readFilter, writeFilter } from './filter';
import { Filters } from './filters';
import type { Holdings } from './holdings';
import { MOST } from './limits';

/** So many cards at first, and so many more at each tap: a large cave must not cost a phone everything at once. */
const STEP = 48;

export function Collection({
  holdings,
  mine,
  news,
  waiting,
  onOpen,
}: {
  holdings: Holdings;
  mine: boolean;
  /** Tokens minted after this height are new. */
  news: number | null;
  /** Whether a meteor is still to come. */
  waiting: boolean;
  onOpen: () => void;
}) {
  const search = useSearch();
  const filter = readFilter(new URLSearchParams(search));
  const [shown, setShown] = useState(STEP);
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const [cracking, setCracking] = useState<readonly Nft[] | null>(null);
  const { nfts } = holdings;
  const choosing = chosen !== null;
  const view = choosing ? { ...filter, kind: 'meteors' as const } : filter;
  const matching = nfts.filter((nft) => passes(nft, view));
  const picked = nfts.filter((nft) => nft.collection === 'meteors' && chosen?.has(nft.token_id));
  const fresh =
    news === null ? 0 : nfts.filter((nft) => nft.collection !== 'meteors' && nft.minted_height > news).length;
  const set = (next: typeof filter) => {
    const path = `${location.pathname}${writeFilter(next)}`;
    go(path, { replace: true });
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id) && next.size < MOST) next.add(id);
    setChosen(next);
  };

  return (
    <section className="stack" aria-labelledby="collection">
      <div className="row spread collection-head">
        <h2 id="collection">{choosing ? caveText.choose.title : caveText.collection}</h2>
        {mine && !choosing && nfts.some((nft) => nft.collection === 'meteors') && (
          <button type="button" className="button main little" onClick={() => setChosen(new Set())}>
            {caveText.choose.start}
          </button>
        )}
      </div>
      {fresh > 0 && <p className="fresh-note">{caveText.freshNote(formatCount(fresh), fresh === 1)}</p>}
      {nfts.length > 0 && <Filters nfts={nfts} filter={view} onChange={set} fixed={choosing} />}
      {holdings.whole && nfts.length === 0 && <Empty mine={mine} waiting={waiting} />}
      {nfts.length > 0 && matching.length === 0 && (
        <p className="stack tight">
          <span>{caveText.filter.none}</span>
          <button type="button" className="linkish" onClick={() => set(OPEN)}>
            {caveText.filter.clear}
          </button>
        </p>
      )}
      <ul className="tokens">
        {matching
          .slice(0, shown)
          .map((nft) =>
            choosing ? (
              <ChoiceCard
                key={keyOf(nft)}
                nft={nft}
                chosen={chosen.has(nft.token_id)}
                onToggle={() => toggle(nft.token_id)}
              />
            ) : (
              <Card
                key={keyOf(nft)}
                nft={nft}
                address={holdings.address}
                fresh={news !== null && nft.minted_height > news}
                search={search}
                onOpen={onOpen}
              />
            ),
          )}
      </ul>
      {matching.length > shown && (
        <div className="row">
          <button type="button" className="button" onClick={() => setShown(shown + STEP)}>
            {t.more}
          </button>
          <span className="quiet small number">
            {caveText.showing(formatCount(Math.min(shown, matching.length)), formatCount(matching.length))}
          </span>
        </div>
      )}
      {choosing && (
        <Chosen
          count={picked.length}
          all={matching.length}
          onAll={() => setChosen(new Set(matching.slice(0, MOST).map((nft) => nft.token_id)))}
          onNone={() => setChosen(new Set())}
          onCancel={() => setChosen(null)}
          onGo={() => setCracking(picked)}
        />
      )}
      {cracking && (
        <CrackSheet
          meteors={cracking}
          onClose={() => setCracking(null)}
          onSent={() => {
            setCracking(null);
            setChosen(null);
          }}
        />
      )}
    </section>
  );
}

/** The bar below the grid while meteors are chosen. */
function Chosen({
  count,
  all,
  onAll,
  onNone,
  onCancel,
  onGo,
}: {
  count: number;
  all: number;
  onAll: () => void;
  onNone: () => void;
  onCancel: () => void;
  onGo: () => void;
}) {
  const full = count >= Math.min(all, MOST);
  return (
    <div className="chosen" role="toolbar" aria-label={caveText.choose.title}>
      <p className="number" aria-live="polite">
        {caveText.choose.chosen(formatCount(count))}
        {count >= MOST && all > MOST && <span className="quiet"> {caveText.choose.limit(formatCount(MOST))}</span>}
      </p>
      <button type="button" className="button little" onClick={full ? onNone : onAll}>
        {full ? caveText.choose.none : all > MOST ? caveText.choose.most(formatCount(MOST)) : caveText.choose.all}
      </button>
      <button type="button" className="button little" onClick={onCancel}>
        {caveText.choose.cancel}
      </button>
      <button
        type="button"
        className="button main little"
        aria-disabled={count === 0 ? true : undefined}
        onClick={() => count > 0 && onGo()}
      >
        {count > 0 ? caveText.choose.go(formatCount(count)) : caveText.choose.goNone}
      </button>
    </div>
  );
}

function Empty({ mine, waiting }: { mine: boolean; waiting: boolean }) {
  return (
    <div className="card stack tight">
      <h3>{mine ? caveText.emptyMine : caveText.emptyOther}</h3>
      <p className="quiet">
        {!mine ? caveText.emptyOtherNote : waiting ? caveText.emptyMineWaiting : caveText.emptyMineNote}
      </p>
      {mine && !waiting && (
        <p>
          <Link to="/" className="button">
            {caveText.toShower}
          </Link>
        </p>
      )}
    </div>
  );
}
