// What keeps people's money safe: nobody needs their words, which contract is the right one, and where help is.
import { useSite } from '../../api/site';
import { useLive } from '../../api/use';
import { t } from '../../strings';
import { Copy } from '../../ui/copy';

export function Safety() {
  const { config } = useLive();
  const site = useSite();
  return (
    <section className="card stack" aria-labelledby="safe">
      <h2 id="safe">{t.help.safe}</h2>
      <div className="stack tight">
        <h3>{t.help.words}</h3>
        <p className="quiet">{t.help.wordsMore}</p>
      </div>
      {config && (
        <div className="stack tight">
          <p className="quiet">{t.help.compare}</p>
          <Copy text={config.contract} short={false} label={t.help.contractLabel} />
        </div>
      )}
      <div className="stack tight support">
        <h3>{t.help.support}</h3>
        {site?.support ? (
          <>
            <p>
              <a href={site.support} rel="noreferrer noopener" target="_blank">
                {site.support.replace(/^mailto:|^https:\/\//, '')}
              </a>
            </p>
            <p className="quiet small">{t.help.supportMore}</p>
          </>
        ) : (
          <p className="quiet">{t.help.noSupport}</p>
        )}
      </div>
    </section>
  );
}
