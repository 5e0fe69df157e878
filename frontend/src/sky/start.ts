// Starts the sky inside an element of the page, and tells its engine what the page knows: size, theme, visibility.
import { type Engine, engine, type Layers, type SkyOptions } from './engine';
import type { Falling } from './falling';
import type { Told } from './worker';

/** A sky that runs. */
export interface RunningSky {
  fall(falling: Falling): void;
  set(options: SkyOptions): void;
  stop(): void;
}

/** Time after the last change of size before the sky is painted again (milliseconds). */
const SETTLED = 160;

/** The most meteors in the air where the page itself has to draw them. */
const MODEST = 6;

/** An engine and what ends it. */
interface Running extends Engine {
  end(): void;
}

/**
 * Starts the sky in `parent`, whose size it takes. Costs nothing while no meteor falls or the page is hidden.
 * It draws in a worker where the browser can do that, else in the page.
 */
export function startSky(parent: HTMLElement, options: SkyOptions): RunningSky {
  const painted = (): void => {
    parent.dataset.painted = 'true';
  };

  let now = options;
  let width = 0;
  let height = 0;
  const measure = (): void => {
    width = parent.clientWidth;
    height = parent.clientHeight;
    if (width > 0 && height > 0) running?.size(width, height, window.devicePixelRatio || 1);
  };
  let running = beside(parent, options, painted, () => {
    // The worker can't run here.
    running?.end();
    running = within(parent, now, painted);
    measure();
  });
  running ??= within(parent, options, painted);

  const seen = (): void => {
    if (document.hidden) running?.clear();
  };
  document.addEventListener('visibilitychange', seen);

  let settling = 0;
  const sized = new ResizeObserver(() => {
    if (width === 0) return measure();
    if (parent.clientWidth === width && parent.clientHeight === height) return;
    clearTimeout(settling);
    settling = window.setTimeout(measure, SETTLED);
  });
  sized.observe(parent);

  return {
    fall(falling) {
      if (!document.hidden) running?.fall(falling);
    },
    set(next) {
      now = next;
      running?.set(next);
    },
    stop() {
      running?.end();
      running = null;
      clearTimeout(settling);
      sized.disconnect();
      document.removeEventListener('visibilitychange', seen);
    },
  };
}

/** Fresh layers in `parent`. */
function layers(parent: HTMLElement): Record<keyof Layers, HTMLCanvasElement> {
  const layer = () => document.createElement('canvas');
  const made = { still: layer(), light: layer(), air: layer() };
  parent.replaceChildren(made.still, made.light, made.air);
  return made;
}

/** An engine in a worker; null where browsers can't draw in one. `failed` is called where it doesn't start after all. */
function beside(parent: HTMLElement, options: SkyOptions, painted: () => void, failed: () => void): Running | null {
  if (typeof Worker === 'undefined' || !('transferControlToOffscreen' in HTMLCanvasElement.prototype)) return null;
  let worker: Worker;
  try {
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  } catch {
    return null;
  }
  worker.onmessage = painted;
  worker.onerror = failed;
  const tell = (told: Told, transfer: Transferable[] = []): void => worker.postMessage(told, transfer);
  const { still, light, air } = layers(parent);
  const moved = {
    still: still.transferControlToOffscreen(),
    light: light.transferControlToOffscreen(),
    air: air.transferControlToOffscreen(),
  };
  tell({ kind: 'start', layers: moved, options }, Object.values(moved));
  return {
    size: (width, height, density) => tell({ kind: 'size', width, height, density }),
    set: (next) => tell({ kind: 'set', options: next }),
    fall: (falling) => tell({ kind: 'fall', falling }),
    clear: () => tell({ kind: 'clear' }),
    end() {
      worker.onerror = null;
      worker.terminate();
      parent.replaceChildren();
    },
  };
}

/** An engine in the page; null where there is no canvas either. */
function within(parent: HTMLElement, options: SkyOptions, painted: () => void): Running | null {
  try {
    const inside = engine(layers(parent), options, painted, MODEST);
    return {
      ...inside,
      end() {
        inside.clear();
        parent.replaceChildren();
      },
    };
  } catch {
    return null;
  }
}
