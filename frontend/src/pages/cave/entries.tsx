// The wallet's contribution in every shower, and what became of it, in words.
import type { Schemas } from '../../api/client';
import { useSite } from '../../api/site';
import { useChainTime, useLive } from '../../api/use';
import { formatAmount, formatCount, formatPercent, unitOf } from '../../format/amount';
import { taxOn } from '../../format/tax';
import { formatMoment } from '../../format/time';
import { Link, useSearch } from '../../router';
import { t } from '../../strings';
import { caveText } from '../../strings/cave';
import { TierName } from '../../ui/tier';
import { type Fate, fateOf } from './fate';

type Entry = Schemas['WalletShower'];

export function Entries({
  wallet,
  mine,
  onOpen,
}: {
  wallet: Schemas['Wallet'] | undefined;
  mine: boolean;
  onOpen: () => void;
}) {
  const newest = [...(wallet?.showers ?? [])].reverse();
  return (
    <section className="card stack tight" aria-labelledby="entries">
      <h2 id="entries">{caveText.entries.title}</h2>
      {!wallet && <p className="quiet">{t.loading}</p>}
      {wallet && newest.length === 0 && <p className="quiet">{caveText.entries.none}</p>}
      <ul className="entries">
        {newest.map((entry) => (
          <EntryLine key={entry.shower} entry={entry} address={wallet?.address ?? ''} mine={mine} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  );
}

function EntryLine({
  entry,
  address,
  mine,
  onOpen,
}: {
  entry: Entry;
  address: string;
  mine: boolean;
  onOpen: () => void;
}) {
  const { config, showers } = useLive();
  const { now } = useChainTime(30_000);
  const search = useSearch();
  const unit = config ? unitOf(config.denom) : '';
  const shown = (amount: bigint) => `${formatAmount(amount)} ${unit}`;
  const shower = showers.find((one) => one.shower === entry.shower);
  const fate = fateOf(entry, shower, config?.holdback_bp ?? 0, now);
  return (
    <li className="entry stack tight">
      <div className="row spread">
        <h3>
          <Link to={`/telescope/${entry.shower}`}>{caveText.entries.shower(formatCount(entry.shower))}</Link>
        </h3>
        <strong className="number">{shown(BigInt(entry.amount))}</strong>
      </div>
      <p className="row spread number">
        <TierName tier={entry.tier} />
        <span>{caveText.entries.place(formatCount(entry.rank), formatCount(entry.contributors))}</span>
      </p>
      <FateWords fate={fate} amount={BigInt(entry.amount)} shown={shown} mine={mine} />
      {entry.meteor != null && (
        <p className="small row spread">
          <Link to={`/cave/${address}/meteors/${entry.meteor}${search}`} stay onClick={onOpen}>
            {caveText.entries.meteor(formatCount(BigInt(entry.meteor)))}
          </Link>
          {entry.odds && <span className="quiet">{caveText.entries.odds(formatPercent(entry.odds.percent))}</span>}
        </p>
      )}
    </li>
  );
}

function FateWords({
  fate,
  amount,
  shown,
  mine,
}: {
  fate: Fate;
  amount: bigint;
  shown: (amount: bigint) => string;
  mine: boolean;
}) {
  const site = useSite();
  switch (fate.is) {
    case 'open':
      return <p className="small quiet">{caveText.fate.open}</p>;
    case 'waiting':
      return (
        <p className="small">
          {fate.until === null ? caveText.fate.waitingUnknown : caveText.fate.waiting(formatMoment(fate.until))}
        </p>
      );
    case 'minted':
      return <p className="hide">{caveText.fate.minted}</p>;
    case 'late-key':
      return <p className="small">{caveText.fate.lateKey(formatPercent(String(fate.held / 100)))}</p>;
    case 'refundable':
      return (
        <p className="small fate">
          {caveText.fate[fate.why]} {caveText.fate.refundable(mine)}
        </p>
      );
    case 'refunded': {
      const tax = site === null ? 0n : taxOn(amount, site);
      return (
        <p className="small fate">
          {caveText.fate[fate.why]} {caveText.fate.refunded(shown(amount), mine)}
          {tax === null && ` ${caveText.fate.taxUnknown}`}
          {tax !== null && tax > 0n && ` ${caveText.fate.tax(shown(tax))}`}
        </p>
      );
    }
  }
}
