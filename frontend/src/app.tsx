// The shell: sky, head, pages, foot, and what has to be said on every page.
import { type ComponentType, lazy, Suspense, useEffect } from 'react';
import { useLive } from './api/use';
import { Banners } from './banners';
import { load } from './chain/receipts';
import { Foot } from './foot';
import { Head } from './head';
import { Shower } from './pages/shower/shower';
import { Link, usePath } from './router';
import { meteors } from './sky/feed';
import { Sky } from './sky/sky';
import { t } from './strings';
import { Boundary } from './ui/boundary';
import { follow } from './wallets/connection';

/** Pages that the first load leaves out. */
const LATER = {
  cave: () => import('./pages/cave/cave').then((page) => page.Cave),
  telescope: () => import('./pages/telescope/telescope').then((page) => page.Telescope),
  help: () => import('./pages/help/help').then((page) => page.Help),
  fairness: () => import('./pages/fairness/fairness').then((page) => page.Fairness),
};
const later = (page: () => Promise<ComponentType>) => lazy(async () => ({ default: await page() }));
const Cave = later(LATER.cave);
const Telescope = later(LATER.telescope);
const Help = later(LATER.help);
const Fairness = later(LATER.fairness);

/** Fetches the small ones as soon as there is nothing else to do: help is needed most when the server is away. */
function useAhead() {
  useEffect(() => {
    const fetch = () => {
      for (const page of [LATER.help, LATER.cave, LATER.telescope]) page().catch(() => undefined);
    };
    // Safari has no requestIdleCallback.
    const timer = setTimeout(() => (window.requestIdleCallback ?? setTimeout)(fetch), 2_000);
    return () => clearTimeout(timer);
  }, []);
}

function Page() {
  const [name = ''] = usePath();
  switch (name) {
    case '':
      return <Shower />;
    case 'telescope':
      return <Telescope />;
    case 'cave':
      return <Cave />;
    case 'fairness':
      return <Fairness />;
    case 'help':
      return <Help />;
    default:
      return (
        <div className="card stack">
          <h1>{t.missing.title}</h1>
          <p>
            <Link to="/" className="button">
              {t.missing.back}
            </Link>
          </p>
        </div>
      );
  }
}

/** Takes up what the last visit left, once the event is known: its receipts and its wallet. */
function useReturn() {
  const contract = useLive().config?.contract;
  useEffect(() => {
    if (contract === undefined) return;
    load(contract);
    follow();
  }, [contract]);
}

export function App() {
  useReturn();
  useAhead();
  const [page = ''] = usePath();
  return (
    <div className="frame">
      <Sky subscribe={meteors} />
      <a className="skip" href="#main">
        {t.app.skip}
      </a>
      <Head />
      <main id="main" tabIndex={-1} className="stack">
        <Banners />
        <Boundary key={page}>
          <Suspense fallback={<p className="quiet to-come">{t.loading}</p>}>
            <Page />
          </Suspense>
        </Boundary>
      </main>
      <Foot />
    </div>
  );
}
