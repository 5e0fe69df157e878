// The head: whose event it is, the pages, whether figures are live, and the wallet.
import { useEffect } from 'react';
import { useChainTime, useLive } from './api/use';
import { formatCount } from './format/amount';
import { Link, usePath } from './router';
import { t } from './strings';
import { TAB_ICONS } from './ui/icons';
import { MeteorMark } from './ui/mark';
import { WalletButton } from './wallets/use';

const PAGES = [
  ['', '/', t.app.shower],
  ['telescope', '/telescope', t.app.telescope],
  ['cave', '/cave', t.app.cave],
  ['fairness', '/fairness', t.app.fairness],
  ['help', '/help', t.app.help],
] as const;

/** The event's name is what its collection of meteors is called, without what kind of collection it is. */
function eventOf(collection: string): string {
  return collection.split(':')[0]?.trim() || collection;
}

export function Head() {
  const { config } = useLive();
  const [page = ''] = usePath();
  const name = config ? eventOf(config.meteors.name) : t.app.name;
  useEffect(() => {
    const title = PAGES.find(([id]) => id === page)?.[2];
    document.title = title ? `${title} · ${name}` : name;
  }, [name, page]);
  return (
    <header className="top">
      <div className="whose">
        <Link to="/" className="brand">
          <MeteorMark />
          {name}
        </Link>
        <Pulse />
      </div>
      <WalletButton />
      <nav className="tabs" aria-label={t.app.nav}>
        <ul>
          {PAGES.map(([id, to, title]) => (
            <li key={id}>
              <Link to={to} aria-current={page === id ? 'page' : undefined}>
                {TAB_ICONS[id]}
                {title}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

/** Whether what is shown is live. The dot changes its form too, not only its colour. */
function Pulse() {
  const live = useLive();
  const { stalled, since } = useChainTime();
  const state = live.link === 'lost' ? 'lost' : stalled ? 'late' : live.height === 0 ? 'connecting' : 'live';
  const text = {
    connecting: t.pulse.connecting,
    live: t.pulse.live(formatCount(live.height)),
    late: t.pulse.late(formatCount(Math.floor(since))),
    lost: t.pulse.lost,
  }[state];
  return (
    <Link to="/help" className="pulse" data-state={state} aria-label={t.pulse.label(text)}>
      {text}
    </Link>
  );
}
