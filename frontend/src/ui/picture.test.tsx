// Token pictures: drawn the same each time, cheap, whatever the traits; images only from where they may come.
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { TIERS } from '../api/client';
import { TokenDrawing } from './drawn/drawing';
import { pick, type Token } from './drawn/token';
import { type Places, sources, Worth } from './sources';

const COLLECTIONS = ['meteors', 'eggs', 'dust'];

const TRAITS: readonly Record<string, string>[] = [
  {},
  {
    origin: 'Equatorial dunes',
    essence: 'Fire',
    crystal1: 'Red',
    crystal2: 'Blue',
    crystal3: '',
    weight: '2.7kg',
    Family: 'Noctis',
    Rune: 'Gebo',
    'Affecting Moon': 'Sao',
    'Dust Volume': 'Full',
    'Rare Gem': 'Topaz',
  },
  {
    essence: 'Plasma of another collection',
    weight: 'heavy',
    crystal1: 'Octarine',
    Family: '<b>&',
    Rune: 'Othala',
    'Rare Gem': 'none',
  },
];

function token(collection: string, tier: Token['tier'], id: string, traits: Record<string, string>): Token {
  const attributes = Object.entries(traits).map(([trait_type, value]) => ({ trait_type, value }));
  return { collection, tier, token_id: id, image: '', name: 'A token', attributes };
}

describe('a drawing', () => {
  it('has whole numbers, few nodes and no filter, for all tiers and traits', () => {
    for (const collection of COLLECTIONS) {
      for (const tier of TIERS) {
        for (const traits of TRAITS) {
          for (const id of ['1', '15514', '', 'x'.repeat(80)]) {
            const drawn = renderToStaticMarkup(<TokenDrawing token={token(collection, tier, id, traits)} />);
            expect(drawn).not.toMatch(/NaN|Infinity|undefined|<filter/);
            expect(drawn.match(/<[a-z]/gi)?.length).toBeLessThan(60);
            expect(drawn.length).toBeLessThan(16_000);
          }
        }
      }
    }
  });

  it('is the same at every drawing, and another for another token', () => {
    for (const collection of COLLECTIONS) {
      const draw = (id: string) => renderToStaticMarkup(<TokenDrawing token={token(collection, 'rare', id, {})} />);
      expect(draw('7')).toBe(draw('7'));
      expect(draw('7')).not.toBe(draw('8'));
    }
  });

  it('shows a trait it knows, and gives an unknown one always the same', () => {
    const table = { fire: 1, ice: 2, dark: 3 };
    expect(pick(table, 'northern ice fields', 0)).toBe(2);
    expect(pick(table, '', 0)).toBe(0);
    expect([1, 2, 3]).toContain(pick(table, 'plasma', 0));
    expect(pick(table, 'plasma', 0)).toBe(pick(table, 'plasma', 0));
  });
});

describe('an image', () => {
  const gateways = ['https://one.example/ipfs/', 'https://two.example/ipfs'];
  const thumbnails = [96, 384];
  const addresses = (image: string, places: Places) => sources(image, places).map((one) => one.src);

  it('comes from our own path first, with thumbnails, then from the gateways', () => {
    const found = sources('ipfs://bafyx', { thumbnails, gateways });
    expect(found.map((one) => one.src)).toEqual([
      '/img/bafyx',
      'https://one.example/ipfs/bafyx',
      'https://two.example/ipfs/bafyx',
    ]);
    expect(found.map((one) => one.srcSet)).toEqual([
      '/img/bafyx?w=96 96w, /img/bafyx?w=384 384w',
      undefined,
      undefined,
    ]);
  });

  it('comes from gateways alone where our server has none, or not that', () => {
    expect(addresses('ipfs://bafyx', { thumbnails: [], gateways })).toHaveLength(2);
    expect(addresses('ipfs://bafyx/7.png', { thumbnails, gateways })).toEqual([
      'https://one.example/ipfs/bafyx/7.png',
      'https://two.example/ipfs/bafyx/7.png',
    ]);
  });

  it('comes from nowhere else', () => {
    for (const bad of [
      '',
      'https://evil.example/x.png',
      'javascript:1',
      'ipfs://',
      'ipfs://a/../b',
      'ipfs://a//b',
      'ipfs://a?b',
    ]) {
      expect(addresses(bad, { thumbnails, gateways }), bad).toEqual([]);
    }
    const plain = ['javascript:alert(1)//', 'http://plain.example/'];
    expect(addresses('ipfs://bafyx', { thumbnails, gateways: plain })).toEqual(['/img/bafyx']);
  });

  it('is no longer looked for where there never was one', () => {
    const worth = new Worth();
    for (let i = 0; i < 3; i += 1) {
      expect(worth.asking(`/img/${i}`)).toBe(true);
      worth.fail(`/img/${i}`);
    }
    expect(worth.asking('/img/9')).toBe(false);
    expect(worth.asking('https://one.example/ipfs/9')).toBe(true);
    worth.gave('https://one.example/ipfs/9');
    for (let i = 0; i < 9; i += 1) worth.fail(`https://one.example/ipfs/${i}`);
    expect(worth.asking('https://one.example/ipfs/9')).toBe(true);
  });
});
