// The last errors of this page, for "copy debug info". Kept in memory only, and without anybody's address.

const KEPT = 12;
const LONG = 300;
const last: string[] = [];

/** Remembers that something went wrong, with the time. */
export function noteError(what: string, at = new Date()): void {
  // Wallets' addresses are nobody's business; both ends are left out, the kind stays.
  const text = what.replace(/\b([a-z]{2,15}1)[02-9ac-hj-np-z]{38,58}\b/g, '$1…').slice(0, LONG);
  last.push(`${at.toISOString()} ${text}`);
  if (last.length > KEPT) last.shift();
}

/** The earliest first. */
export function recentErrors(): readonly string[] {
  return last;
}

/** Remembers what nobody catches. Once, when the page starts. */
export function watchErrors(): void {
  addEventListener('error', (event) => noteError(`error: ${event.message}`));
  addEventListener('unhandledrejection', (event) => noteError(`rejection: ${String(event.reason)}`));
}
