// What a support request needs, and which page this is.
import { useState } from 'react';
import { useSite } from '../../api/site';
import { useLive } from '../../api/use';
import { helpText } from '../../strings/help';
import { Copy } from '../../ui/copy';
import { browser, debugInfo } from './debug';

type State = 'ready' | 'done' | 'failed';

export function Support() {
  const live = useLive();
  const site = useSite();
  const [state, setState] = useState<State>('ready');
  const [shown, setShown] = useState<string | null>(null);
  const copy = async () => {
    const text = debugInfo(live, site, browser());
    try {
      await navigator.clipboard.writeText(text);
      setState('done');
      setTimeout(() => setState('ready'), 2500);
    } catch {
      setShown(text);
      setState('failed');
    }
  };
  return (
    <section className="card stack" aria-labelledby="tech">
      <h2 id="tech">{helpText.tech}</h2>
      <p className="quiet">{helpText.debugNote}</p>
      <p>
        <button type="button" className="button" onClick={copy}>
          {state === 'done' ? helpText.debugDone : helpText.debug}
        </button>
      </p>
      <p role="status" className={state === 'failed' ? 'danger' : 'hide'}>
        {state === 'failed' ? helpText.debugFailed : state === 'done' ? helpText.debugDone : ''}
      </p>
      <details
        open={shown !== null}
        onToggle={(event) => setShown(event.currentTarget.open ? debugInfo(live, site, browser()) : null)}
      >
        <summary>{helpText.debugShow}</summary>
        <pre className="debug code">{shown}</pre>
      </details>
    </section>
  );
}

export function Release() {
  const site = useSite();
  return (
    <section className="card stack" aria-labelledby="release">
      <h2 id="release">{helpText.release}</h2>
      {site?.release.page ? (
        <>
          <p className="quiet">{helpText.releaseIs(site.release.version)}</p>
          <div className="stack tight">
            <p className="quiet small">{helpText.releaseHash}</p>
            <Copy text={site.release.page} short={false} label={helpText.releaseLabel} />
          </div>
          <p className="quiet">
            {helpText.releaseBefore} <a href="/.well-known/release.json">/.well-known/release.json</a>.{' '}
            {helpText.releaseAfter}
          </p>
        </>
      ) : (
        <p className="quiet">{helpText.releaseNone}</p>
      )}
    </section>
  );
}
