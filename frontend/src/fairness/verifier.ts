// The verifier as the page uses it: asks the worker, which is started with the first question and ended with the page.
import { Unreadable } from './rules';
import type { Ask, EventTold, Files, MeteorTold, Report } from './types';
import type { Question, Reply } from './worker';
import RulesWorker from './worker?worker';

interface Waiting {
  resolve: (told: unknown) => void;
  reject: (error: Error) => void;
}

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, Waiting>();

function start(): Worker {
  const fresh = new RulesWorker();
  fresh.onmessage = ({ data }: MessageEvent<Reply>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('told' in data) asked?.resolve(data.told);
    else asked?.reject('unreadable' in data ? new Unreadable(data.unreadable) : new Error(data.broken));
  };
  fresh.onerror = () => end('the worker stopped');
  return fresh;
}

function ask(what: Ask): Promise<unknown> {
  worker ??= start();
  const running = worker;
  last += 1;
  const question: Question = { id: last, ask: what };
  return new Promise((resolve, reject) => {
    waiting.set(question.id, { resolve, reject });
    running.postMessage(question);
  });
}

/** Ends the worker; what was still asked fails. The next question starts another. */
export function end(why = 'the page was left'): void {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values()) reject(new Error(why));
  waiting.clear();
}

/** The event and its own steps. @throws {Unreadable} */
export const askEvent = (fairness: Uint8Array, catalogue: Uint8Array | null) =>
  ask({ ask: 'event', fairness, catalogue }) as Promise<EventTold>;

/** The report of a shower. @throws {Unreadable} */
export const askShower = (shower: number, files: Files) =>
  ask({ ask: 'shower', number: shower, files }) as Promise<Report>;

/** The report of a meteor's shower, and the meteor. @throws {Unreadable} */
export const askMeteor = (meteor: number, files: Files) =>
  ask({ ask: 'meteor', number: meteor, files }) as Promise<MeteorTold>;
