// Paths of the page: the address bar says what is shown, and back and reload work.
import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { useSyncExternalStore } from 'react';

const watchers = new Set<() => void>();
const tell = () => {
  for (const watcher of watchers) watcher();
};
addEventListener('popstate', tell);

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Goes to `path` (with its query). `replace` leaves no step to go back to; `stay` doesn't scroll to the top. */
export function go(path: string, { replace = false, stay = false } = {}): void {
  if (path === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  if (!replace && !stay) scrollTo(0, 0);
  tell();
}

/** The path's parts: `/cave/terra1…` is `['cave', 'terra1…']`. */
export function usePath(): string[] {
  const path = useSyncExternalStore(subscribe, () => location.pathname);
  return path.split('/').filter(Boolean).map(decode);
}

/** The whole query, with its question mark; empty without one. */
export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => location.search);
}

/** A value of the query. */
export function useQuery(name: string): string | null {
  return new URLSearchParams(useSearch()).get(name);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A link inside the page. With `stay` the page isn't scrolled to its top: for what opens above it. */
export function Link({
  to,
  stay = false,
  onClick,
  ...rest
}: { to: string; stay?: boolean } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const click = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!plain || event.defaultPrevented) return;
    event.preventDefault();
    go(to, { stay });
  };
  return <a href={to} onClick={click} {...rest} />;
}
