// What a demo says of itself. Outside a demo the server has no such route, and a page with a deployment never asks.
import { useEffect } from 'react';
import { Store, useStore } from '../store';
import { get, post } from './client';
import { pinned } from './pinned';
import { useLive } from './use';

export interface Demo {
  phase: 'showers' | 'waiting' | 'finishing' | 'over';
  /** When waiting for visitors ends by itself (Unix seconds). */
  finish_at: number | null;
}

/** Undefined before the answer, null outside a demo. */
const demo = new Store<Demo | null | undefined>(pinned ? null : undefined);
const AGAIN = 2_000;
let asking = false;

async function ask(): Promise<void> {
  if (asking || demo.get() === null) return;
  asking = true;
  try {
    demo.set(await get<Demo>('/demo'));
  } catch (error) {
    // Only a server that answers can say that it is no demo.
    if (demo.get() === undefined && error instanceof Error && 'status' in error && error.status === 404) demo.set(null);
  }
  setTimeout(() => {
    asking = false;
  }, AGAIN);
}

export function useDemo(): Demo | null | undefined {
  const { changed, height } = useLive();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new height or change is why it is asked again
  useEffect(() => void ask(), [changed, height]);
  return useStore(demo);
}

/** Ends the waiting for visitors: keys are published, and everything is checked. */
export const finishDemo = () => post<unknown>('/demo/finish', {});
