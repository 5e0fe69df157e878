// Times: seconds since the Unix epoch inside, the visitor's locale and time zone outside.

export interface Split {
  days: number;
  hours: number;
  minutes: number;
  seconds: number;
}

/** A length of time (seconds) in parts; nothing is rounded away. */
export function splitSeconds(total: number): Split {
  const left = Math.max(0, Math.floor(total));
  return {
    days: Math.floor(left / 86_400),
    hours: Math.floor(left / 3600) % 24,
    minutes: Math.floor(left / 60) % 60,
    seconds: left % 60,
  };
}

/** A date and time of the chain in the visitor's time zone, with the zone's name. */
export function formatMoment(seconds: number, locale?: string): string {
  const format: Intl.DateTimeFormatOptions = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  };
  return new Intl.DateTimeFormat(locale, format).format(new Date(seconds * 1000));
}

/** From one moment to another, in the visitor's time zone; what both have in common is said once. */
export function formatWindow(from: number, to: number, locale?: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    // Showers of a demo last seconds.
    second: to - from < 120 ? '2-digit' : undefined,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return format.formatRange(new Date(from * 1000), new Date(to * 1000));
}

/** A length of time in words: its two largest parts, such as "2 days 23 hours". */
export function formatSpan(seconds: number, locale?: string): string {
  const { days, hours, minutes, seconds: rest } = splitSeconds(seconds);
  const parts: [number, string][] = [
    [days, 'day'],
    [hours, 'hour'],
    [minutes, 'minute'],
    [rest, 'second'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const shown =
    first < 0 ? [[0, 'second'] as [number, string]] : parts.slice(first, first + 2).filter(([count]) => count > 0);
  const one = ([count, unit]: [number, string]) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
  return shown.map(one).join(' ');
}
