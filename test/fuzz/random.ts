/** A source of choices that is the same for the same seed. */
export interface Random {
  /** A whole number from 0 up to `limit`, exclusive. */
  below(limit: number): number;
  /** Whether something that happens once in `times` happens. */
  once(times: number): boolean;
  /** One of the items; nothing of none. */
  pick<T>(items: readonly T[]): T | undefined;
  /** Another source, which follows from this one. */
  seed(): number;
}

/** Numbers by mulberry32 (T. Ettinger). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => Math.floor((next() / 4294967296) * limit);
  return {
    below,
    once: (times) => below(times) === 0,
    pick: (items) => items[below(items.length)],
    seed: next,
  };
}
