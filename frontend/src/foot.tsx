// The foot: which contract this is, and what never to do with it.
import { useLive } from './api/use';
import { formatCount } from './format/amount';
import { formatMoment } from './format/time';
import { t } from './strings';
import { Copy } from './ui/copy';

export function Foot() {
  const { config, height, time } = useLive();
  return (
    <footer className="foot">
      <p>{t.app.words}</p>
      {config && (
        <div>
          <span>{t.app.contract} </span>
          <Copy text={config.contract} label={t.app.contractLabel} />
          <p className="danger">{t.app.neverSend}</p>
        </div>
      )}
      {height > 0 && <p className="number">{t.app.asOf(formatCount(height), formatMoment(time))}</p>}
    </footer>
  );
}
