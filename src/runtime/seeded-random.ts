import type { Random } from './random.ts';

/** A generator fixed by `seed` (an unsigned 32-bit integer): the same draws on every machine, for tests and replays. */
export function seededRandom(seed: number): Random {
  // SplitMix32: a counter, stepped by the golden ratio, then mixed.
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return {
    integer: (boundExclusive) => Math.floor((next() / 0x1_0000_0000) * boundExclusive),
    stream: (label) => seededRandom(hash(label, seed)),
  };
}

/** FNV-1a over the code units, started from the seed. */
function hash(label: string, seed: number): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < label.length; i++) value = Math.imul(value ^ label.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
