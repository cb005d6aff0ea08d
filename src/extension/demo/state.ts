/** Whether this window shows the demo store, and as whom: no setting, and over with the window. */

export interface Demo {
  /** The folder of the store. */
  readonly store: string;
  /** As whom the person acts in it. */
  readonly agent: string;
}

/** What is loaded later has a copy of this module, but the same globals. */
const KEY = Symbol.for('agentReservations.demo');
const shared = globalThis as { [KEY]?: Demo | undefined };

export function demo(): Demo | undefined {
  return shared[KEY];
}

export function setDemo(state: Demo | undefined): void {
  shared[KEY] = state;
}
