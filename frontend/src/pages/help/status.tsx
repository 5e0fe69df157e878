// The state of page, chain and server in human words.
import { deviceAhead, type Schemas } from '../../api/client';
import { useApi, useChainTime, useLive } from '../../api/use';
import { formatCount } from '../../format/amount';
import { formatSpan } from '../../format/time';
import { helpText } from '../../strings/help';
import { healthOf, type Level, type Line, overall } from './health';

/** The server is asked how it is this often (seconds). */
const EVERY = 10;

export function Status() {
  const live = useLive();
  const { stalled, since } = useChainTime();
  const again = Math.floor((live.time + since) / EVERY);
  const { data } = useApi<Schemas['PublicStatus']>('/v1/status', { again });
  const status = newest(data ?? null, live.status);
  const ahead = deviceAhead();
  const lines = healthOf({ live, status, paused: live.config?.paused ?? null, stalled, ahead });
  const all = overall(lines);
  const words = (line: Line) => say(line, live.height, since, ahead);
  return (
    <section className="card stack" aria-labelledby="status">
      <h2 id="status" className="hide">
        {helpText.status}
      </h2>
      <p className="overall" data-level={all} role="status">
        <LevelMark level={all} />
        {helpText.overall[all]}
      </p>
      <dl className="health">
        {lines.map((line) => (
          <div key={line.what}>
            <dt>
              <LevelMark level={line.level} />
              {helpText.lines[line.what].name}
              <span className="hide">: {helpText.levels[line.level]}</span>
            </dt>
            <dd className="number">{words(line)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The answer about the higher block: it came later. */
function newest(a: Schemas['PublicStatus'] | null, b: Schemas['PublicStatus'] | null) {
  if (a === null || b === null) return a ?? b;
  return b.height > a.height ? b : a;
}

function say(line: Line, height: number, since: number, ahead: number | null): string {
  switch (line.what) {
    case 'connection':
      return helpText.lines.connection[line.is];
    case 'chain': {
      const words = helpText.lines.chain;
      return line.is === 'none' ? words.none : words[line.is](formatCount(height), formatSpan(since));
    }
    case 'nodes': {
      const words = helpText.lines.nodes;
      return line.is === 'behind' ? words.behind(formatCount(line.blocks), line.blocks === 1) : words[line.is];
    }
    case 'figures':
      return helpText.lines.figures[line.is];
    case 'alarms': {
      const words = helpText.lines.alarms;
      return line.is === 'some' ? words.some(formatCount(line.count), line.count === 1) : words[line.is];
    }
    case 'contributing':
      return helpText.lines.contributing[line.is];
    case 'clock': {
      const words = helpText.lines.clock;
      return line.is === 'off' ? words.off(formatSpan(Math.abs(ahead ?? 0)), (ahead ?? 0) > 0) : words[line.is];
    }
  }
}

const FORMS: Record<Level, string> = {
  good: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM4.700 8.200l2.300 2.300 4.300-4.600',
  warn: 'M8 1.500 15 14.500H1zM8 6v4M8 12.200v.1',
  bad: 'M5 1.500h6L14.500 5v6L11 14.500H5L1.500 11V5zM5.700 5.700l4.600 4.600M10.300 5.700l-4.600 4.600',
  unknown: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zM5 8h.1M8 8h.1M11 8h.1',
};

/** Its form says it too, not only its colour. */
function LevelMark({ level }: { level: Level }) {
  return (
    <svg viewBox="0 0 16 16" className="level" data-level={level} aria-hidden="true">
      <path
        d={FORMS[level]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
