// Amounts: micro-denom as bigint inside, exact decimal numbers in the visitor's locale outside.

const MICRO = 1_000_000n;

/** How people write a denom: the chain names Terra's stablecoins by their currency (uusd), people write UST. */
export function unitOf(denom: string): string {
  if (denom === 'uusd') return 'UST';
  return /^u[a-z]{2,5}$/.test(denom) ? denom.slice(1).toUpperCase() : denom;
}

export interface Separators {
  group: string;
  decimal: string;
}

/** The separators of a locale; of the visitor's for `undefined`. */
export function separators(locale?: string): Separators {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.8);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return { group: of('group') || ',', decimal: of('decimal') || '.' };
}

/**
 * An amount as people read it, exact: no digit is ever left out.
 */
export function formatAmount(micro: bigint, locale?: string): string {
  const sign = micro < 0n ? '−' : '';
  const value = micro < 0n ? -micro : micro;
  const whole = new Intl.NumberFormat(locale).format(value / MICRO);
  const rest = value % MICRO;
  if (rest === 0n) return sign + whole;
  // Two places as money has, more only where they are needed.
  const digits = rest.toString().padStart(6, '0').replace(/0+$/, '').padEnd(2, '0');
  return sign + whole + separators(locale).decimal + localDigits(digits, locale);
}

/** A short form for places with little room, such as a chart's axis: rounded down, never in the visitor's disfavour. */
export function formatShort(micro: bigint, locale?: string): string {
  const whole = Number(micro / MICRO);
  if (whole < 10_000) return new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(whole);
  const options = { notation: 'compact', maximumFractionDigits: 1, roundingMode: 'trunc' } as Intl.NumberFormatOptions;
  return new Intl.NumberFormat(locale, options).format(whole);
}

export function formatCount(count: number | bigint, locale?: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** Percent as the API gives it ("27.43"), in the visitor's locale; digits are kept, not rounded. */
export function formatPercent(percent: string, locale?: string): string {
  const [whole = '0', rest = ''] = percent.split('.');
  const kept = rest.replace(/0+$/, '');
  const left = new Intl.NumberFormat(locale).format(BigInt(whole));
  return `${left}${kept ? separators(locale).decimal + localDigits(kept, locale) : ''} %`;
}

function localDigits(digits: string, locale?: string): string {
  const format = new Intl.NumberFormat(locale, { useGrouping: false });
  return [...digits].map((digit) => format.format(Number(digit))).join('');
}

/** Zeros of the digits that people type, beside ASCII: Arabic-Indic, Persian, Devanagari. */
const ZEROS = [0x660, 0x6f0, 0x966];

function asciiDigits(text: string): string {
  const digit = (char: string): string => {
    const code = char.codePointAt(0) ?? 0;
    const zero = ZEROS.find((zero) => code >= zero && code <= zero + 9);
    return zero === undefined ? char : String(code - zero);
  };
  return [...text].map(digit).join('').replace(/٫/g, '.').replace(/٬/g, ',');
}

export type Parsed = { ok: true; micro: bigint } | { ok: false; why: 'empty' | 'unreadable' | 'places' | 'large' };

/**
 * Reads an amount as people type it: `1,000`, `12,5`, `1.000,50`, `1 000`, `100 UST`, in any common notation. Where one
 * separator could mean both, the visitor's locale decides. What was understood has to be shown next to the field.
 */
export function parseAmount(typed: string, unit = '', locale?: string): Parsed {
  let text = asciiDigits(typed).trim();
  if (unit && text.toUpperCase().endsWith(unit.toUpperCase())) text = text.slice(0, -unit.length);
  text = text.replace(/[\s'’_\u00a0\u202f]/g, '');
  if (text === '') return { ok: false, why: 'empty' };
  if (!/^[0-9.,]+$/.test(text) || !/[0-9]/.test(text)) return { ok: false, why: 'unreadable' };
  const split = splitDecimal(text, separators(locale));
  if (split === null) return { ok: false, why: 'unreadable' };
  const { whole, rest } = split;
  if (rest.length > 6) return { ok: false, why: 'places' };
  if (whole.length > 20) return { ok: false, why: 'large' };
  return { ok: true, micro: BigInt(whole || '0') * MICRO + BigInt(rest.padEnd(6, '0')) };
}

/** Where the decimal separator is; null if groups and places make no sense. */
function splitDecimal(text: string, local: Separators): { whole: string; rest: string } | null {
  const marks = [...text].filter((char) => char === '.' || char === ',');
  const last = marks.at(-1);
  if (last === undefined) return { whole: text, rest: '' };
  const kinds = new Set(marks);
  let decimal: string | null;
  if (kinds.size === 2) decimal = last;
  else if (marks.length > 1) decimal = null;
  else if (last === local.decimal) decimal = last;
  else decimal = /^[1-9][0-9]{0,2}[.,][0-9]{3}$/.test(text) ? null : last;
  const at = decimal === null ? text.length : text.lastIndexOf(decimal);
  const grouped = text.slice(0, at);
  const rest = text.slice(at + 1);
  if (/[.,]/.test(rest)) return null;
  // Groups of three, or as in India of two before the last.
  if (/[.,]/.test(grouped) && !/^[0-9]{1,3}([.,][0-9]{2,3})*[.,][0-9]{3}$/.test(grouped)) return null;
  return { whole: grouped.replace(/[.,]/g, ''), rest };
}
