// A receipt: what was signed, how far it is, and what to do.
import { useLive } from '../api/use';
import { formatAmount, formatCount, unitOf } from '../format/amount';
import { formatMoment } from '../format/time';
import { t } from '../strings';
import { Copy } from '../ui/copy';
import type { Purpose } from './message';
import type { Receipt, ReceiptState } from './receipts';
import './receipt.css';

const STEPS = ['signed', 'sent', 'block', 'credited'] as const;

function title(purpose: Purpose, unit: string): string {
  switch (purpose.kind) {
    case 'contribute':
      return t.receipt.contribute(`${formatAmount(BigInt(purpose.amount))} ${unit}`, formatCount(purpose.shower));
    case 'crack':
      return t.receipt.crack(purpose.tokens.map((token) => `#${token}`).join(', '));
    case 'reclaim':
      return t.receipt.reclaim(purpose.tokens.map((token) => `#${token}`).join(', '));
  }
}

/** What a transaction has cost that is in a block and did nothing. */
const noEffect = (purpose: Purpose) => (purpose.kind === 'contribute' ? t.receipt.failed : t.receipt.failedMeteors);

/** How many of the four steps are done. */
function reached(state: ReceiptState): number {
  switch (state) {
    case 'signed':
      return 1;
    case 'sent':
      return 2;
    case 'block':
      return 3;
    case 'credited':
      return 4;
    case 'failed':
    case 'expired':
    case 'unsure':
      return 0;
  }
}

export function ReceiptLine({ receipt }: { receipt: Receipt }) {
  const { config } = useLive();
  const unit = config ? unitOf(config.denom) : '';
  const done = reached(receipt.state);
  const bad = receipt.state === 'failed' || receipt.state === 'expired' || receipt.state === 'unsure';
  return (
    <article className={`receipt ${bad ? 'bad' : ''}`}>
      <div className="row spread">
        <strong>{title(receipt.purpose, unit)}</strong>
        <span className={`small ${bad ? 'danger' : 'quiet'}`}>{t.receipt.states[receipt.state]}</span>
      </div>
      {!bad && (
        <ol className="steps" aria-hidden="true">
          {STEPS.map((step, at) => (
            <li key={step} data-done={at < done} data-now={at === done}>
              {t.receipt.steps[step]}
            </li>
          ))}
        </ol>
      )}
      {bad && receipt.error && <p className="small">{receipt.error}</p>}
      {receipt.state === 'failed' && (
        <p className="small">{receipt.height === null ? t.receipt.refused : noEffect(receipt.purpose)}</p>
      )}
      <details className="small">
        <summary>{t.receipt.details}</summary>
        <div className="stack tight">
          <Copy text={receipt.hash} short={false} label={t.receipt.hash} />
          <p className="quiet number">{t.receipt.signedAt(formatMoment(receipt.created))}</p>
          {receipt.height !== null && <p className="quiet number">{t.receipt.inBlock(formatCount(receipt.height))}</p>}
        </div>
      </details>
    </article>
  );
}
