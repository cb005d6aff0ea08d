/** A row of the table: what is measured, beside whom, and what is aimed at. */

export interface Result {
  /** With its unit in `unit`. */
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  /** Ours beside each peer that the target names, and the absolute figure where it names one. */
  readonly ratio: Readonly<Record<string, number>>;
  /** What else is worth knowing: spread, failures. */
  readonly notes?: readonly string[];
}

/** The most (or with `least` the least) that a ratio may be. */
export type Target = Readonly<Record<string, { readonly most: number } | { readonly least: number }>>;

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly target: Target;
  run(context: Context): Promise<Result>;
}

export interface Context {
  /** Makes an empty folder, which is gone when the run is over. */
  folder(purpose: string): Promise<string>;
  /** From which rows draw what they do. */
  readonly seed: number;
  /** Whether the row was asked for by its whole name: then it may take its time. */
  readonly isAskedFor: boolean;
}

/** Whether the run keeps the target: each ratio that it names. */
export function isMet({ target }: Row, { ratio }: Result): boolean {
  return Object.entries(target).every(([name, bound]) => {
    const value = ratio[name];
    return value !== undefined && ('most' in bound ? value <= bound.most : value >= bound.least);
  });
}
