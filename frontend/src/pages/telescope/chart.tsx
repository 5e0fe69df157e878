// The floors of past showers as lines, one for each tier, over bars of how many contributed. A tap or an arrow key picks a
// shower; its exact figures stand beside the chart, never under a thumb.
import { type PointerEvent, useLayoutEffect, useRef, useState } from 'react';
import { type Schemas, TIERS, type Tier } from '../../api/client';
import { formatAmount, formatCount, formatShort } from '../../format/amount';
import { t } from '../../strings';
import { telescopeText } from '../../strings/telescope';
import { TierForm } from '../../ui/tier';
import { across, nearest, numbered, type Scale, scaleOf, spread } from './scale';

export type Past = Schemas['Past'];

interface Props {
  past: readonly Past[];
  unit: string;
  picked: number;
  pick: (index: number) => void;
  /** Numbers of the showers that were cancelled. */
  cancelled: ReadonlySet<number>;
}

/** Sizes in pixels, from the room there is and the visitor's size of type. */
interface Frame {
  em: number;
  left: number;
  right: number;
  /** Where the first and the last shower stand. */
  from: number;
  to: number;
  top: number;
  plot: number;
  bars: number;
  width: number;
  names: boolean;
}

/** `digits` is how long the longest number at the side is. */
function frameOf(width: number, em: number, count: number, digits: number): Frame {
  // On a narrow screen, or with large type, the lines need the room more than their names do: the marks stay.
  const names = width / em > 19;
  const wide = width / em > 36;
  const left = em * (0.65 * digits + 0.6);
  const right = em * (names ? 6.7 : 0.8);
  const line = Math.max(40, width - left - right);
  const inset = Math.min(em * 0.9, line / count / 2);
  return {
    em,
    left,
    right: left + line,
    from: left + inset,
    to: left + line - inset,
    top: em * 0.9,
    plot: em * (wide ? 19 : 15),
    bars: em * 3,
    width,
    names,
  };
}

/** Of the element, in pixels, and the size of type there; 0 before it is known. */
function useRoom() {
  const ref = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, em: 16 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const em = Number.parseFloat(getComputedStyle(element).fontSize) || 16;
      setRoom((old) => {
        const width = Math.floor(element.clientWidth);
        return old.width === width && old.em === em ? old : { width, em };
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, ...room };
}

const floorOf = (shower: Past, tier: Tier): bigint | null => {
  const floor = shower.floors[tier];
  return floor == null ? null : BigInt(floor);
};

export function Chart({ past, unit, picked, pick, cancelled }: Props) {
  const { ref, width, em } = useRoom();
  const amounts = past.flatMap((shower) =>
    TIERS.map((tier) => floorOf(shower, tier)).filter((floor) => floor !== null),
  );
  const scale = scaleOf(amounts);
  const most = past.reduce((most, shower) => Math.max(most, shower.contributors), 1);
  const digits = Math.max(
    ...[...scale.ticks.map((tick) => formatShort(tick)), formatCount(most)].map((text) => text.length),
  );
  const frame = frameOf(width, em, past.length, digits);
  const shower = past[picked];
  const point = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    pick(nearest((event.clientX - box.left - frame.from) / (frame.to - frame.from), past.length));
  };
  return (
    <figure className="chart">
      <figcaption>
        <h2>{telescopeText.chart}</h2>
        <p className="quiet small">{telescopeText.chartNote(unit)}</p>
      </figcaption>
      <div
        ref={ref}
        className="chart-room"
        dir="ltr"
        onPointerDown={point}
        onPointerMove={(event) => {
          if (event.buttons > 0) point(event);
        }}
      >
        {width > 0 && (
          <Plot past={past} picked={picked} frame={frame} scale={scale} most={most} cancelled={cancelled} />
        )}
        {shower && (
          <input
            type="range"
            className="chart-pick"
            min={1}
            max={past.length}
            step={1}
            value={picked + 1}
            aria-label={telescopeText.pick}
            aria-valuetext={spoken(shower, unit)}
            onChange={(event) => pick(Number(event.target.value) - 1)}
          />
        )}
      </div>
      <p className="quiet small hint">
        {telescopeText.hint} {scale.log && telescopeText.logNote}
      </p>
    </figure>
  );
}

/** The figures of a shower, for those who hear them. */
function spoken(shower: Past, unit: string): string {
  const floors = TIERS.map((tier) => {
    const floor = floorOf(shower, tier);
    return `${t.tiers[tier]} ${floor === null ? telescopeText.nobodyInTier : `${formatAmount(floor)} ${unit}`}`;
  });
  return telescopeText.picked(formatCount(shower.shower), floors.join(', '), formatCount(shower.contributors));
}

interface PlotProps {
  past: readonly Past[];
  picked: number;
  frame: Frame;
  scale: Scale;
  /** Contributors of the largest shower. */
  most: number;
  cancelled: ReadonlySet<number>;
}

function Plot({ past, picked, frame, scale, most, cancelled }: PlotProps) {
  const { em, left, right, from, to, top, plot, bars, width } = frame;
  const bottom = top + plot;
  const ground = bottom + em * 0.9 + bars;
  const height = ground + em * 1.5;
  const x = (index: number) => from + across(index, past.length) * (to - from);
  const y = (amount: bigint) => bottom - scale.at(amount) * plot;
  const first = past[0];
  const last = past.at(-1);
  const room = Math.max(2, Math.floor((right - left) / (em * 2.6)));
  const bar = Math.min(em, Math.max(1.5, ((right - left) / Math.max(1, past.length)) * 0.6));
  return (
    <svg
      role="img"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-label={
        first && last
          ? telescopeText.chartName(formatCount(first.shower), formatCount(last.shower))
          : telescopeText.chart
      }
    >
      <g className="grid">
        {scale.ticks.map((tick) => (
          <g key={String(tick)}>
            <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
            <text x={left - em * 0.5} y={y(tick)} dy="0.35em" textAnchor="end">
              {formatShort(tick)}
            </text>
          </g>
        ))}
      </g>
      {TIERS.map((tier, at) => (
        <path key={tier} className={`band ${tier}`} d={band(past, at, x, y, top)} />
      ))}
      <line className="cursor" x1={x(picked)} x2={x(picked)} y1={top} y2={ground} />
      {TIERS.map((tier) => (
        <path key={tier} className={`line ${tier}`} d={line(past, tier, x, y)} />
      ))}
      <g className="bars">
        {past.map((shower, index) => {
          const high = (shower.contributors / most) * bars;
          return (
            <rect
              key={shower.shower}
              data-picked={index === picked || undefined}
              data-cancelled={cancelled.has(shower.shower) || undefined}
              x={x(index) - bar / 2}
              width={bar}
              y={ground - high}
              height={high}
              rx={Math.min(2, bar / 3)}
            />
          );
        })}
        <text x={left - em * 0.5} y={ground - bars} dy="0.6em" textAnchor="end">
          {formatCount(most)}
        </text>
        {frame.names && (
          <text x={right + em * 0.6} y={ground - bars / 2} dy="0.35em">
            {telescopeText.contributors}
          </text>
        )}
      </g>
      <g className="numbers">
        {numbered(past.length, room).map((number) => (
          <text key={number} x={x(number - 1)} y={ground + em * 1.15} textAnchor="middle">
            {formatCount(past[number - 1]?.shower ?? number)}
          </text>
        ))}
      </g>
      <Marks past={past} picked={picked} frame={frame} x={x} y={y} />
      {frame.names && <Ends past={past} frame={frame} y={y} />}
    </svg>
  );
}

type Place = (index: number) => number;
type Height = (amount: bigint) => number;

const fixed = (value: number) => value.toFixed(1);

/** Where the tier's floor stands, unbroken runs of it. */
function runs(past: readonly Past[], tier: Tier): { index: number; floor: bigint }[][] {
  const found: { index: number; floor: bigint }[][] = [];
  let open: { index: number; floor: bigint }[] | null = null;
  past.forEach((shower, index) => {
    const floor = floorOf(shower, tier);
    if (floor === null) {
      open = null;
      return;
    }
    if (open === null) {
      open = [];
      found.push(open);
    }
    open.push({ index, floor });
  });
  return found;
}

function line(past: readonly Past[], tier: Tier, x: Place, y: Height): string {
  return runs(past, tier)
    .map((run) => `M${run.map(({ index, floor }) => `${fixed(x(index))},${fixed(y(floor))}`).join('L')}`)
    .join('');
}

/** From the tier's floor up to the floor of the next tier that has one; of the best tier, up to the top. */
function band(past: readonly Past[], at: number, x: Place, y: Height, top: number): string {
  const tier = TIERS[at];
  if (tier === undefined) return '';
  const better = TIERS.slice(0, at).reverse();
  const above = (index: number): number => {
    const shower = past[index];
    const floor = shower && better.map((tier) => floorOf(shower, tier)).find((floor) => floor !== null);
    return floor == null ? top : y(floor);
  };
  return runs(past, tier)
    .map((run) => {
      const low = run.map(({ index, floor }) => `${fixed(x(index))},${fixed(y(floor))}`);
      const high = run.map(({ index }) => `${fixed(x(index))},${fixed(above(index))}`).reverse();
      return `M${[...low, ...high].join('L')}Z`;
    })
    .join('');
}

/** Marks at the floors: of the picked shower, of each line's end, and of all where there are few. */
function Marks({ past, picked, frame, x, y }: Pick<Props, 'past' | 'picked'> & { frame: Frame; x: Place; y: Height }) {
  const all = past.length <= 12;
  return (
    <g className="marks">
      {past.map((shower, index) =>
        TIERS.map((tier) => {
          const floor = floorOf(shower, tier);
          // A floor between two gaps has no line: it needs its mark.
          const lone = [past[index - 1], past[index + 1]].every((next) => !next || floorOf(next, tier) === null);
          const ends = index === past.length - 1;
          if (floor === null || !(all || lone || ends || index === picked)) return null;
          return (
            <TierForm
              key={`${shower.shower} ${tier}`}
              tier={tier}
              x={x(index)}
              y={y(floor)}
              size={frame.em * (index === picked ? 1 : ends ? 0.8 : 0.6)}
            />
          );
        }),
      )}
    </g>
  );
}

/** The tiers' names where their lines end; the marks are there already. */
function Ends({ past, frame, y }: { past: readonly Past[]; frame: Frame; y: Height }) {
  const { em, right, top, plot } = frame;
  const ends = TIERS.map((tier) => ({ tier, floor: runs(past, tier).at(-1)?.at(-1)?.floor })).filter(
    (end): end is { tier: Tier; floor: bigint } => end.floor !== undefined,
  );
  const places = spread(
    ends.map((end) => y(end.floor) - top),
    em * 1.15,
    plot,
  );
  return (
    <g className="ends">
      {ends.map(({ tier }, index) => {
        const at = top + (places[index] ?? 0);
        return (
          <g key={tier} className={tier}>
            <text x={right + em * 0.9} y={at} dy="0.35em">
              {t.tiers[tier]}
            </text>
          </g>
        );
      })}
    </g>
  );
}
