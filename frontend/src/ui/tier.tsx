// A tier's name with its mark. The mark's form differs too, so that nobody has to tell tiers by colour.
import type { Tier } from '../api/client';
import { t } from '../strings';

const FORMS: Record<Tier, string> = {
  legendary: 'M8 0l2.2 5.4L16 6l-4.4 3.8L13 16l-5-3.3L3 16l1.4-6.2L0 6l5.8-.6z',
  ancient: 'M8 0l8 8-8 8-8-8z',
  rare: 'M8 1l7 13H1z',
  common: 'M8 2a6 6 0 100 12A6 6 0 108 2z',
};

export function TierMark({ tier }: { tier: Tier }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={FORMS[tier]} fill="currentColor" />
    </svg>
  );
}

export function TierName({ tier }: { tier: Tier }) {
  return (
    <span className={`tier ${tier}`}>
      <TierMark tier={tier} />
      {t.tiers[tier]}
    </span>
  );
}

/** The mark inside another drawing: centred at a place there, `size` wide. */
export function TierForm({ tier, x, y, size }: { tier: Tier; x: number; y: number; size: number }) {
  const corner = `${(x - size / 2).toFixed(1)} ${(y - size / 2).toFixed(1)}`;
  return <path className={tier} d={FORMS[tier]} transform={`translate(${corner}) scale(${(size / 16).toFixed(3)})`} />;
}
