// Whose word is believed: what was recomputed, what came from this server, and how to ask a node instead.

import { pinned } from '../../api/pinned';
import { useTrust } from '../../api/trust';
import type { Fetched } from '../../fairness/evidence';
import type { EventTold } from '../../fairness/types';
import { formatCount } from '../../format/amount';
import { t } from '../../strings';
import { fairnessText } from '../../strings/fairness';
import { Copy } from '../../ui/copy';
import { command, whose } from './contract';

const words = fairnessText.sources;

export function Sources({
  event,
  fetched,
  only,
}: {
  event: EventTold | null;
  fetched: readonly Fetched[];
  only: string;
}) {
  return (
    <section className="card stack" aria-labelledby="sources">
      <h2 id="sources">{words.title}</h2>
      <div className="stack tight">
        <h3>{words.computed}</h3>
        <p>{words.computedText}</p>
      </div>
      <div className="stack tight">
        <h3>{words.taken}</h3>
        <p>{words.takenText}</p>
        <details>
          <summary>{words.files}</summary>
          {fetched.length === 0 && <p className="quiet">{words.none}</p>}
          <ul className="files small">
            {fetched.map(({ path, bytes }) => (
              <li key={path} className="row spread">
                <a href={path}>{path}</a>
                <span className="quiet number">{words.size(formatCount(Math.ceil(bytes / 1024)))}</span>
              </li>
            ))}
          </ul>
        </details>
      </div>
      <Contract event={event} />
      <div className="stack tight">
        <h3>{words.nodeTitle}</h3>
        <p>{words.node}</p>
        {event && (
          <div className="command">
            <Copy text={command(event, only)} short={false} label={words.command} />
          </div>
        )}
        <p className="small quiet">{words.second}</p>
        {event && (
          <div className="command">
            <Copy
              text={`python3 scripts/verify_fairness.py${command(event, only).replace('meteor verify', '')}`}
              short={false}
              label={words.script}
            />
          </div>
        )}
      </div>
    </section>
  );
}

/** Whether the evidence is of the event that this page was made for. */
function Contract({ event }: { event: EventTold | null }) {
  const trust = useTrust();
  if (event === null) return null;
  const { wrong, text } = whose(event, pinned, trust.is === 'demo');
  return (
    <div className="stack tight">
      <h3>{words.contractTitle}</h3>
      <Copy text={event.contract} label={t.app.contractLabel} />
      <p className={wrong ? 'danger' : undefined}>{text}</p>
    </div>
  );
}

/** What no check can take away. */
export function Limits() {
  return (
    <section className="card">
      <details className="limits">
        <summary>
          <h2>{fairnessText.trust.title}</h2>
        </summary>
        <ul className="points">
          {fairnessText.trust.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}
