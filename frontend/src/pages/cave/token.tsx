// One token, opened: its picture, its facts, all its traits, and while it is closed its exact odds.
import { useState } from 'react';
import { useApi } from '../../api/use';
import { shortAddress } from '../../format/address';
import { formatCount, formatPercent } from '../../format/amount';
import { Link } from '../../router';
import { t } from '../../strings';
import { caveText } from '../../strings/cave';
import { Picture } from '../../ui/picture';
import { Sheet } from '../../ui/sheet';
import { TierName } from '../../ui/tier';
import { CrackSheet } from './crack';
import { KINDS, type Nft } from './filter';
import { useHidden } from './hidden';

export function TokenSheet({
  collection,
  id,
  known,
  address,
  mine,
  onClose,
}: {
  collection: string;
  id: string;
  /** The token, if the cave has it already. */
  known: Nft | undefined;
  /** Whose cave it is opened in. */
  address: string;
  mine: boolean;
  onClose: () => void;
}) {
  const kind = KINDS.find((kind) => kind === collection);
  const { data, error } = useApi<Nft>(kind ? `/v1/nfts/${kind}/${encodeURIComponent(id)}` : null);
  const [cracking, setCracking] = useState(false);
  const nft = data ?? known;
  if (!nft) {
    const missing = kind === undefined || error?.status === 404 || error?.status === 400;
    return (
      <Sheet title={missing ? caveText.token.missing : t.loading} onClose={onClose}>
        {missing && <p>{caveText.token.missingNote}</p>}
      </Sheet>
    );
  }
  if (cracking)
    return (
      <CrackSheet
        meteors={[nft]}
        onClose={() => setCracking(false)}
        onSent={() => {
          setCracking(false);
          onClose();
        }}
      />
    );
  const here = mine && nft.owner === address && !nft.burnt && nft.collection === 'meteors';
  return (
    <Sheet title={nft.name} onClose={onClose}>
      <div className={`token-picture ${nft.tier}`}>
        <Picture nft={nft} wide="20rem" />
      </div>
      <What nft={nft} address={address} />
      {nft.odds && <OddsFacts nft={nft} />}
      {here && (
        <button type="button" className="button main wide" onClick={() => setCracking(true)}>
          {caveText.token.crack}
        </button>
      )}
      <dl className="facts">
        <div>
          <dt>{caveText.token.tier}</dt>
          <dd>
            <TierName tier={nft.tier} />
          </dd>
        </div>
        <div>
          <dt>{caveText.token.rank}</dt>
          <dd>{formatCount(nft.rank)}</dd>
        </div>
        <div>
          <dt>{caveText.token.shower}</dt>
          <dd>
            <Link to={`/telescope/${nft.shower}`}>{formatCount(nft.shower)}</Link>
          </dd>
        </div>
      </dl>
      <h3>{caveText.token.traits}</h3>
      <dl className="traits">
        {nft.attributes.map(({ trait_type, value }) => (
          <div key={trait_type}>
            <dt>{trait_type}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {nft.description && <p className="small quiet">{nft.description}</p>}
      <p>
        <Link to={`/fairness/${nft.shower}/${nft.token_id}`} className="button little">
          {caveText.token.fairness}
        </Link>
      </p>
    </Sheet>
  );
}

/** Where it is, if not simply here. */
function What({ nft, address }: { nft: Nft; address: string }) {
  if (nft.cracking) return <p>{caveText.token.cracking}</p>;
  if (nft.burnt) {
    const found = nft.found === 'eggs' || nft.found === 'dust' ? nft.found : null;
    return (
      <p>
        {found ? caveText.token.held[found] : caveText.token.gone}{' '}
        {found && (
          <Link to={`/cave/${address}/${found}/${nft.token_id}`} stay>
            {caveText.token.see}
          </Link>
        )}
      </p>
    );
  }
  if (nft.owner === address) return null;
  return (
    <p>
      {caveText.token.holder}{' '}
      <Link to={`/cave/${nft.owner}/${nft.collection}/${nft.token_id}`} title={nft.owner}>
        {shortAddress(nft.owner)}
      </Link>
    </p>
  );
}

/** Its odds, and how many eggs of its tier nobody has found yet. The place for that is kept while it is counted. */
function OddsFacts({ nft }: { nft: Nft }) {
  const { asked, hidden } = useHidden(nft.shower, nft.tier);
  const tier = t.tiers[nft.tier];
  const shower = formatCount(nft.shower);
  if (!nft.odds) return null;
  return (
    <div className="odds-facts">
      <p>
        <span className="small quiet">{caveText.token.odds}</span>
        <span className="odds-percent">{formatPercent(nft.odds.percent)}</span>
        <span className="small quiet number">{caveText.token.exact(nft.odds.numerator, nft.odds.denominator)}</span>
      </p>
      {asked && (
        <p className="small hidden-eggs">
          {hidden &&
            (hidden.eggs === 0
              ? caveText.token.allFound(tier, shower)
              : caveText.token.hidden(formatCount(hidden.eggs), formatCount(hidden.of), tier, shower) +
                caveText.token.hiddenIn(formatCount(hidden.meteors), hidden.meteors === 1))}
        </p>
      )}
    </div>
  );
}
