// What the drawings need to know of a token, and the colours its traits stand for.
import type { Tier } from '../../api/client';
import { seedOf, stream } from '../../sky/random';

/** The part of an NFT that its picture depends on. */
export interface Token {
  collection: string;
  token_id: string;
  tier: Tier;
  image: string;
  name: string;
  attributes: readonly { trait_type: string; value: string }[];
}

/** Light, middle and dark of a material. */
export type Tones = readonly [string, string, string];

/** The value of a trait by its name, in small letters; empty where there is none. */
export function trait(token: Token, name: string): string {
  return token.attributes.find((one) => one.trait_type.toLowerCase() === name)?.value.toLowerCase() ?? '';
}

/** Numbers for this token: the same at every drawing. */
export function chances(token: Token): () => number {
  return stream(seedOf(`${token.collection} ${token.token_id}`));
}

/** The number at the start of a text, or `other`. */
export function numberOf(text: string, other: number): number {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : other;
}

/** The one of `table` that a value names. A value from another collection's tables gets one too, always the same. */
export function pick<T>(table: Readonly<Record<string, T>>, value: string, fallback: T): T {
  for (const [name, found] of Object.entries(table)) if (value.includes(name)) return found;
  const all = Object.values(table);
  return value === '' ? fallback : (all[seedOf(value) % all.length] ?? fallback);
}

/** Colours of a tier: its light, the air around it, and the dark behind. */
export const TIER_TONES: Readonly<Record<Tier, Tones>> = {
  legendary: ['#ffd27a', '#8a4a1a', '#140b14'],
  ancient: ['#d3a2ff', '#4d2590', '#0e0820'],
  rare: ['#7cc7ff', '#1a4a94', '#060d22'],
  common: ['#c3cbe6', '#39446c', '#0a0d1c'],
};

export const ESSENCES: Readonly<Record<string, Tones>> = {
  electric: ['#fff08a', '#f0a818', '#5c2f02'],
  fire: ['#ffa25e', '#d8371c', '#480a0c'],
  ice: ['#e2f8ff', '#5cb4e6', '#11376a'],
  poison: ['#d2f57a', '#4d9e35', '#0f3520'],
  psychic: ['#ffb0ea', '#bd3fb0', '#3a0d50'],
  metal: ['#eef3f9', '#8392a8', '#222b3b'],
  light: ['#fffdf0', '#efd59a', '#7c5526'],
  dark: ['#9c92de', '#40367e', '#0d0a28'],
};

export const ROCKS: Readonly<Record<string, Tones>> = {
  cave: ['#93a79c', '#48574f', '#131a19'],
  ice: ['#c3d5ea', '#627994', '#182335'],
  dune: ['#e0bd8c', '#8d6843', '#2b1b13'],
  highland: ['#bba19b', '#6b5150', '#20161a'],
  canyon: ['#dc987a', '#834538', '#2a1114'],
  orbit: ['#c8ced9', '#687182', '#191d29'],
};

export const CRYSTALS: Readonly<Record<string, readonly [string, string]>> = {
  red: ['#ff7d7a', '#b3152f'],
  yellow: ['#ffe27a', '#c98a06'],
  blue: ['#84c9ff', '#1a5bc0'],
  green: ['#84f0b4', '#0f8551'],
  purple: ['#d9b0ff', '#6b2bc4'],
  white: ['#ffffff', '#a3b6dc'],
};

export const GEMS: Readonly<Record<string, readonly [string, string]>> = {
  ruby: ['#ff6f86', '#a80f34'],
  emerald: ['#74efb0', '#0b7d4c'],
  cinnabar: ['#ff8f6b', '#b5301c'],
  opal: ['#f3e9ff', '#8fb6d8'],
  topaz: ['#ffd98a', '#c77a14'],
  azurite: ['#7db2ff', '#1c46b0'],
  quartz: ['#ffffff', '#b9bfd6'],
  agate: ['#e2c1a5', '#8a5a44'],
  jasper: ['#e58d78', '#8c3030'],
};
