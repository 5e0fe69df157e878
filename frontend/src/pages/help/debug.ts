// What a support request needs to know of this browser and page. No keys, no words, no address of the visitor's.
import { deviceAhead } from '../../api/client';
import { recentErrors } from '../../api/errors';
import type { State } from '../../api/live';
import type { Site } from '../../api/site';

/** Facts about the browser, apart from the page: so that they can be given in tests. */
export interface Browser {
  agent: string;
  languages: string;
  zone: string;
  screen: string;
  online: boolean;
  now: Date;
  /** The path that is open. */
  path: string;
}

export function browser(): Browser {
  return {
    agent: navigator.userAgent,
    languages: navigator.languages.join(', '),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: `${innerWidth}x${innerHeight} at ${devicePixelRatio}`,
    online: navigator.onLine,
    now: new Date(),
    path: location.pathname,
  };
}

/** As lines of text, in English for whoever helps. */
export function debugInfo(
  live: State,
  site: Site | null,
  of: Browser,
  errors: readonly string[] = recentErrors(),
  ahead: number | null = deviceAhead(),
): string {
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const lines = [
    `time: ${of.now.toISOString()} (${of.zone})`,
    `clock: ${ahead === null ? 'not compared' : `${seconds(ahead)} ahead of the server`}`,
    `page: ${of.path}`,
    `version: ${site === null ? 'unknown' : `${site.release.version}, page ${site.release.page ?? 'none'}`}`,
    `chain: ${live.config?.chain_id ?? 'unknown'}`,
    `contract: ${live.config?.contract ?? 'unknown'}`,
    `block: ${live.height} of ${live.time === 0 ? 'unknown time' : new Date(live.time * 1000).toISOString()}`,
    `link: ${live.link}, a block each ${seconds(live.pace)}`,
    `browser: ${of.agent}`,
    `languages: ${of.languages}`,
    `window: ${of.screen}${of.online ? '' : ', offline'}`,
    `errors: ${errors.length === 0 ? 'none' : ''}`,
    ...errors.map((error) => `  ${error}`),
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}
