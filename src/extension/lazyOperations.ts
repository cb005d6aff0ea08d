/** The operations on a store, of which nothing is loaded before the first of them is called. */

import type { Coordination } from '../coordination/coordination';

/** Whether an operation may change what is shown. */
const CHANGES: Readonly<Record<keyof Coordination, boolean>> = {
  reserve: true,
  reserveAll: true,
  release: true,
  releaseAll: true,
  renew: true,
  request: true,
  forceRelease: true,
  status: true,
  send: true,
  read: true,
  ack: true,
  doctor: true,
  check: false,
  history: false,
  timeline: false,
  watch: false,
  register: false,
  list: false,
  show: false,
  heartbeat: false,
  inbox: false,
  showMessage: false,
};

type Operation = (input: unknown) => Promise<unknown>;

/**
 * `open` is asked at each call for what does the work. `changed` is awaited after each operation that may have changed what is
 * shown, before it is answered.
 */
export function lazyOperations(open: () => Promise<Coordination>, changed: () => Promise<void>): Coordination {
  const operations = Object.entries(CHANGES).map(([name, changes]): [string, Operation] => [
    name,
    async (input) => {
      const operation = (await open())[name as keyof Coordination] as Operation;
      const envelope = await operation(input);
      if (changes) {
        await changed();
      }
      return envelope;
    },
  ]);
  return Object.fromEntries(operations) as unknown as Coordination;
}
