// The moment itself: light in the cracks of a meteor, it breaks, and what it held rises out of it.
import { type CSSProperties, memo, useEffect, useMemo } from 'react';
import { seedOf, stream } from '../../sky/random';
import { Picture } from '../../ui/picture';
import type { Nft } from './filter';
import { clipOf, shatter } from './shards';

/** How long it takes until what it held is at rest (ms). The style sheet has the same times. */
const LENGTH = 2_700;
const SPARKS = 26;

/** A style with custom properties, which React's type doesn't know. */
const css = (values: Record<string, string | number>) => values as CSSProperties;

export const Scene = memo(
  function Scene({ meteor, found, onCalm }: { meteor: Nft | null; found: Nft | null; onCalm: () => void }) {
    const id = meteor?.token_id ?? found?.token_id ?? '';
    const broken = useMemo(() => shatter(`meteors ${id}`), [id]);
    const open = found !== null;
    // biome-ignore lint/correctness/useExhaustiveDependencies: it is told once, when it opens
    useEffect(() => {
      if (!open) return;
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      const timer = setTimeout(onCalm, still ? 0 : LENGTH);
      return () => clearTimeout(timer);
    }, [open]);
    const tier = meteor?.tier ?? found?.tier ?? 'common';
    const [x, y] = broken.heart;
    return (
      <div
        className={`scene ${tier}`}
        data-open={open}
        data-kind={found?.collection}
        style={css({ '--heart-x': `${x}%`, '--heart-y': `${y}%` })}
        aria-hidden="true"
      >
        <span className="scene-halo" />
        {open && <span className="scene-rays" />}
        {found && (
          <span className="scene-found">
            <Picture nft={found} />
          </span>
        )}
        {meteor && (
          <span className="scene-meteor">
            {broken.shards.map((shard) => {
              const [dx, dy] = shard.away;
              return (
                <span
                  key={clipOf(shard)}
                  className="scene-shard"
                  style={css({
                    clipPath: clipOf(shard),
                    transformOrigin: `${x + dx * 26}% ${y + dy * 26}%`,
                    '--x': dx.toFixed(3),
                    '--y': dy.toFixed(3),
                    '--turn': `${shard.turn.toFixed(1)}deg`,
                  })}
                >
                  <Picture nft={meteor} />
                </span>
              );
            })}
            <svg className="scene-cracks" viewBox="0 0 100 100" aria-hidden="true">
              {(['scene-glow', 'scene-core'] as const).map((part) =>
                broken.cracks.map(({ path, hidden, late }) => (
                  <path
                    key={part + path}
                    d={path}
                    pathLength="1"
                    className={part}
                    style={css({ '--hidden': hidden.toFixed(2), '--late': `${late}ms` })}
                  />
                )),
              )}
            </svg>
          </span>
        )}
        {open && <span className="scene-flash" />}
        {open && <Sparks id={id} />}
      </div>
    );
  },
  (a, b) => a.meteor?.token_id === b.meteor?.token_id && a.found?.token_id === b.found?.token_id,
);

function Sparks({ id }: { id: string }) {
  const random = stream(seedOf(`sparks ${id}`));
  return Array.from({ length: SPARKS }, (_, i) => {
    const angle = ((i + random()) / SPARKS) * 2 * Math.PI;
    const far = 0.55 + 0.65 * random();
    return (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: sparks have no other name and never change
        key={i}
        className="scene-spark"
        style={css({
          '--x': (far * Math.cos(angle)).toFixed(3),
          '--y': (far * Math.sin(angle)).toFixed(3),
          '--late': `${Math.round(random() * 350)}ms`,
          '--size': `${(0.2 + 0.35 * random()).toFixed(2)}rem`,
        })}
      />
    );
  });
}
