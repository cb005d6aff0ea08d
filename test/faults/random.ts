/** Random numbers that a seed repeats: a run that failed can be had again, as far as processes allow. */

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** From 0 up to, not including, `end`. */
  below(end: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
}

/** A linear congruential generator of 48 bits, of which the upper 32 are used: far from perfect, and quite enough. */
export function seeded(seed: number): Random {
  let state = (BigInt(Math.trunc(seed)) ^ 0x5deece66dn) & 0xffff_ffff_ffffn;
  const next = () => {
    state = (state * 0x5deece66dn + 0xbn) & 0xffff_ffff_ffffn;
    return Number(state >> 16n) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: <T>(values: readonly T[]) => values[below(values.length)] as T,
  };
}
