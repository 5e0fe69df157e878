// Draws the sky beside the page, so that no figure waits for a meteor.
import { type Engine, engine, type Layers, type SkyOptions } from './engine';
import type { Falling } from './falling';

/** What the page sends. */
export type Told =
  | { kind: 'start'; layers: Layers; options: SkyOptions }
  | { kind: 'size'; width: number; height: number; density: number }
  | { kind: 'set'; options: SkyOptions }
  | { kind: 'fall'; falling: Falling }
  | { kind: 'clear' };

/** What the page hears: the still sky stands. */
export type Said = 'painted';

let running: Engine | null = null;

const painted = (): void => {
  const said: Said = 'painted';
  self.postMessage(said);
};

self.onmessage = ({ data }: MessageEvent<Told>) => {
  switch (data.kind) {
    case 'start':
      running = engine(data.layers, data.options, painted);
      return;
    case 'size':
      return running?.size(data.width, data.height, data.density);
    case 'set':
      return running?.set(data.options);
    case 'fall':
      return running?.fall(data.falling);
    case 'clear':
      return running?.clear();
  }
};
