// A token in the grid: to open, or to choose.
import { formatCount, formatPercent } from '../../format/amount';
import { Link } from '../../router';
import { caveText } from '../../strings/cave';
import { Picture } from '../../ui/picture';
import { TierName } from '../../ui/tier';
import type { Nft } from './filter';

export function Card({
  nft,
  address,
  fresh,
  search,
  onOpen,
}: {
  nft: Nft;
  address: string;
  fresh: boolean;
  search: string;
  onOpen: () => void;
}) {
  return (
    <li>
      <Link
        to={`/cave/${address}/${nft.collection}/${nft.token_id}${search}`}
        stay
        onClick={onOpen}
        className={`token ${nft.tier}`}
        aria-label={nft.name}
      >
        <Face nft={nft} />
        {fresh && <span className="fresh">{caveText.fresh}</span>}
      </Link>
    </li>
  );
}

export function ChoiceCard({ nft, chosen, onToggle }: { nft: Nft; chosen: boolean; onToggle: () => void }) {
  return (
    <li>
      <button type="button" className={`token ${nft.tier}`} aria-pressed={chosen} onClick={onToggle}>
        <Face nft={nft} />
        <svg className="tick" viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="11" />
          <path d="m7 12.500 3.500 3.500L17.500 8.500" />
        </svg>
      </button>
    </li>
  );
}

/** A place where a token will be. */
export function EmptyCard() {
  return (
    <li>
      <span className="token">
        <span className="picture skeleton" />
        <span className="token-lines" />
      </span>
    </li>
  );
}

function Face({ nft }: { nft: Nft }) {
  return (
    <>
      <span className="token-face">
        <Picture nft={nft} />
        <span className="token-id number">{caveText.card.id(nft.token_id)}</span>
      </span>
      <span className="token-lines">
        <TierName tier={nft.tier} />
        <span className="small quiet number">
          {nft.odds ? caveText.card.odds(formatPercent(nft.odds.percent)) : caveText.card.from(formatCount(nft.shower))}
        </span>
      </span>
    </>
  );
}
