// Finds an address in a ranking. The address is in the address bar, so that a reload or a friend sees the same.
import { type FormEvent, useState } from 'react';
import type { Schemas, Tier } from '../../api/client';
import type { Shower } from '../../api/live';
import { useApi, useLive } from '../../api/use';
import { formatAmount, formatCount } from '../../format/amount';
import { go, Link } from '../../router';
import { t } from '../../strings';
import { telescopeText } from '../../strings/telescope';
import { useWallet } from '../../wallets/use';
import { moves } from './standing';

export type Found =
  /** Nothing was asked for. */
  | { is: 'none' }
  | { is: 'waiting' }
  /** Its words say why. */
  | { is: 'failed'; why: string }
  /** It has nothing in this shower. */
  | { is: 'out' }
  | { is: 'in'; rank: number; tier: Tier; amount: string };

export function useFound(shower: Shower, address: string): Found {
  const { changed } = useLive();
  const again = moves(shower) ? changed : `${shower.status} ${shower.contributors}`;
  const path = address === '' ? null : `/v1/wallets/${encodeURIComponent(address)}`;
  const { data, error } = useApi<Schemas['Wallet']>(path, { again });
  if (address === '') return { is: 'none' };
  if (data === undefined) return error ? { is: 'failed', why: error.message } : { is: 'waiting' };
  const place = data.showers.find((of) => of.shower === shower.shower);
  return place ? { is: 'in', rank: place.rank, tier: place.tier, amount: place.amount } : { is: 'out' };
}

interface Props {
  shower: Shower;
  address: string;
  found: Found;
  unit: string;
}

export function Find({ shower, address, found, unit }: Props) {
  const { account } = useWallet();
  const [typed, setTyped] = useState(address);
  const here = `/telescope/${shower.shower}`;
  const look = (wanted: string) =>
    go(wanted === '' ? here : `${here}?address=${encodeURIComponent(wanted)}`, { replace: true });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look(typed.trim());
  };
  return (
    <form className="find" onSubmit={submit}>
      <div className="field">
        <label htmlFor="find">{telescopeText.find}</label>
        <div className="find-row">
          <input
            id="find"
            className="input"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            aria-invalid={found.is === 'failed'}
            aria-describedby="found"
            placeholder="terra1…"
            autoCapitalize="none"
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
          />
          <button type="submit" className="button little">
            {telescopeText.findButton}
          </button>
        </div>
      </div>
      <div id="found" className="found" role="status">
        {found.is === 'none' && <p className="quiet small">{telescopeText.findHint}</p>}
        {found.is === 'waiting' && <p className="quiet">{telescopeText.searching}</p>}
        {found.is === 'failed' && <p className="danger">{found.why}</p>}
        {found.is === 'out' && <p>{telescopeText.notIn(formatCount(shower.shower))}</p>}
        {found.is === 'in' && (
          <p className="number">
            {telescopeText.found(
              formatCount(found.rank),
              formatCount(shower.contributors),
              t.tiers[found.tier],
              `${formatAmount(BigInt(found.amount))} ${unit}`,
            )}
          </p>
        )}
        <p className="row">
          {(found.is === 'in' || found.is === 'out') && <Link to={`/cave/${address}`}>{telescopeText.toCave}</Link>}
          {address !== '' && (
            <button type="button" className="linkish" onClick={() => look('')}>
              {telescopeText.clear}
            </button>
          )}
          {account && address !== account.address && (
            <button type="button" className="linkish" onClick={() => look(account.address)}>
              {telescopeText.findMine}
            </button>
          )}
        </p>
      </div>
    </form>
  );
}
