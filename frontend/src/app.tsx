// The shell: sky, head, pages, foot, and what has to be said on every page.
import { lazy, Suspense, useEffect } from 'react';
import { useLive } from './api/use';
import { Banners } from './banners';
import { load } from './chain/receipts';
import { Foot } from './foot';
import { Head } from './head';
import { Cave } from './pages/cave/cave';
import { Help } from './pages/help/help';
import { Shower } from './pages/shower/shower';
import { Telescope } from './pages/telescope/telescope';
import { Link, usePath } from './router';
import { meteors } from './sky/feed';
import { Sky } from './sky/sky';
import { t } from './strings';
import { follow } from './wallets/connection';

const Fairness = lazy(() => import('./pages/fairness/fairness').then((page) => ({ default: page.Fairness })));

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
  return (
    <div className="frame">
      <Sky subscribe={meteors} />
      <a className="skip" href="#main">
        {t.app.skip}
      </a>
      <Head />
      <main id="main" tabIndex={-1} className="stack">
        <Banners />
        <Suspense fallback={<p className="quiet">{t.loading}</p>}>
          <Page />
        </Suspense>
      </main>
      <Foot />
    </div>
  );
}
