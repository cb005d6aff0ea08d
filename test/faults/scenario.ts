/** What every fault scenario takes and tells, so that the short tests and the long soak run the very same code. */

export interface Figures {
  /** Operations that were acknowledged or refused by a process under test. */
  readonly operations: number;
  /** Processes that were killed on purpose. */
  readonly kills: number;
  /** Faults other than kills: failed system calls, torn writes, stops, foreign rewrites. */
  readonly faults: number;
  /** States or answers that no sequential order of the operations explains; two holders of one lock. */
  readonly violations: number;
  /** Acknowledged operations whose effect was gone afterwards. */
  readonly lost: number;
  /** Callers that could not go on after a fault that they should have survived. */
  readonly blocked: number;
  /** Known faults of another store that this harness found, as it must. */
  readonly controlsFound: number;
}

export interface ScenarioOptions {
  /** Makes a run repeatable as far as processes allow. */
  readonly seed: number;
  /** When to stop starting new rounds, in ms since the epoch; the first one is started anyway. */
  readonly deadline: number;
  /** The most rounds to run, however much time is left. */
  readonly rounds: number;
}

/**
 * Whether another round begins after so many. The first always does: on a busy machine the deadline may be over before a
 * process has started, and a scenario without a round shows nothing.
 */
export function goesOn({ rounds, deadline }: Pick<ScenarioOptions, 'rounds' | 'deadline'>, done: number): boolean {
  return done === 0 || (done < rounds && Date.now() < deadline);
}

export interface Scenario {
  readonly name: string;
  /** Runs until the deadline or the last round; `problems` says in words what went wrong. */
  run(options: ScenarioOptions): Promise<Outcome>;
}

export interface Outcome {
  readonly figures: Figures;
  readonly problems: readonly string[];
  /** What was measured besides the figures, such as the rate at which a control failed, in words for a report. */
  readonly notes?: readonly string[];
}

export const NO_FIGURES: Figures = {
  operations: 0,
  kills: 0,
  faults: 0,
  violations: 0,
  lost: 0,
  blocked: 0,
  controlsFound: 0,
};

/** The figures of two runs together. */
export function add(left: Figures, right: Partial<Figures>): Figures {
  const keys = Object.keys(NO_FIGURES) as (keyof Figures)[];
  return Object.fromEntries(keys.map((key) => [key, left[key] + (right[key] ?? 0)])) as unknown as Figures;
}
