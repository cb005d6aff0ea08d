/** What the suites inside VS Code have measured, as bench/rows/vscode.ts shows it. Times are in ms. */

export interface Figures {
  /** For each start of VS Code. */
  readonly activations: readonly { readonly load: number; readonly activate: number }[];
  /** From the rename by another process until the tree had the change, beside 1,000 active. */
  readonly delays: readonly number[];
  readonly refresh: Refresh;
  readonly heartbeats: { readonly count: number; readonly refreshes: number; readonly reads: number };
  readonly idle: { readonly seconds: number; readonly wakeUps: number; readonly due: number; readonly reads: number };
}

/** One change each, beside 10,000 active and 10,000 messages. */
export interface Refresh {
  /** What the extension host's thread was at work, until it was quiet again. */
  readonly busy: readonly number[];
  /** The same, in times without a change. */
  readonly quiet: readonly number[];
  readonly itemsFired: readonly number[];
  readonly reads: readonly number[];
  /** As `busy`, for a scope that is reserved or released. */
  readonly comeOrGone: readonly number[];
  readonly delays: readonly number[];
}

export type LiveFigures = Omit<Figures, 'activations'>;

/** What one suite adds to the file. */
export type Line =
  | { readonly activation: Figures['activations'][number] }
  | { readonly live: LiveFigures }
  /** Where only the changes are measured. */
  | { readonly refresh: Refresh };
