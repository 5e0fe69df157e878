// What the answers say of this event, in words.

import type { Config } from '../../api/live';
import type { Site } from '../../api/site';
import { formatAmount, formatCount, formatPercent, unitOf } from '../../format/amount';
import type { Tax } from '../../format/tax';
import { formatSpan } from '../../format/time';
import type { EventFacts } from '../../strings/help';

const NOTHING: EventFacts = {
  contract: '',
  minimum: '',
  tiers: null,
  mintWindow: '',
  keyWindow: '',
  revealTimeout: '',
  holdback: '',
  tax: '',
  taxCap: '',
};

/** Basis points as percent, exact: 2250 is 22.5 %. */
export function percentOf(basisPoints: number): string {
  return formatPercent(`${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')}`);
}

/** A part such as `0.005` as percent, exact; empty for none. */
export function percentOfPart(part: string): string {
  const [whole = '0', rest = ''] = part.split('.');
  const digits = rest.padEnd(2, '0');
  const percent = `${BigInt(`${whole}${digits.slice(0, 2)}`)}.${digits.slice(2)}`;
  return /[1-9]/.test(percent) ? formatPercent(percent) : '';
}

/** The tax on what contracts send; empty where it is unknown. A cap of nothing is no tax. */
export function taxOf(site: Tax | null, unit: string): Pick<EventFacts, 'tax' | 'taxCap'> {
  if (site === null || site.burn_tax === null || site.tax_cap === '0') return { tax: '', taxCap: '' };
  const tax = percentOfPart(site.burn_tax);
  return { tax, taxCap: site.tax_cap === null ? '' : `${formatAmount(BigInt(site.tax_cap))} ${unit}` };
}

export function factsOf(config: Config | null, site: Site | null): EventFacts {
  if (config === null) return NOTHING;
  const unit = unitOf(config.denom);
  const minimums = new Set(config.minimums.map((entry) => entry.minimum));
  const [minimum] = minimums;
  return {
    contract: config.contract,
    // Where it differs from shower to shower, no one number is right.
    minimum: minimums.size === 1 && minimum !== undefined ? `${formatAmount(BigInt(minimum))} ${unit}` : '',
    tiers: {
      legendary: formatCount(config.tiers.legendary),
      ancient: percentOf(config.tiers.ancient_bp),
      rare: percentOf(config.tiers.rare_bp),
    },
    mintWindow: formatSpan(config.mint_window),
    keyWindow: formatSpan(config.key_window),
    revealTimeout: formatSpan(config.hatchery.reveal_timeout),
    holdback: config.holdback_bp > 0 ? percentOf(config.holdback_bp) : '',
    ...taxOf(site, unit),
  };
}
