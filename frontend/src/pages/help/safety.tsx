// What keeps people's money safe: nobody needs their words, which contract is the right one, and where help is.
import { useSite } from '../../api/site';
import { useLive } from '../../api/use';
import { helpText } from '../../strings/help';
import { Copy } from '../../ui/copy';

export function Safety() {
  const { config } = useLive();
  const site = useSite();
  return (
    <section className="card stack" aria-labelledby="safe">
      <h2 id="safe">{helpText.safe}</h2>
      <div className="stack tight">
        <h3>{helpText.words}</h3>
        <p className="quiet">{helpText.wordsMore}</p>
      </div>
      {config && (
        <div className="stack tight">
          <p className="quiet">{helpText.compare}</p>
          <Copy text={config.contract} short={false} label={helpText.contractLabel} />
        </div>
      )}
      <div className="stack tight support">
        <h3>{helpText.support}</h3>
        {site?.support ? (
          <>
            <p>
              <a href={site.support} rel="noreferrer noopener" target="_blank">
                {site.support.replace(/^mailto:|^https:\/\//, '')}
              </a>
            </p>
            <p className="quiet small">{helpText.supportMore}</p>
          </>
        ) : (
          <p className="quiet">{helpText.noSupport}</p>
        )}
      </div>
    </section>
  );
}
