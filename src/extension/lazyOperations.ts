/** The operations on a store, loaded from dist/operations.js when the first of them is called. */

import type { Coordination } from '../coordination/coordination';
import type { FileStoreOptions } from '../store/files/fileStore';

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
  watch: false,
  register: false,
  list: false,
  show: false,
  heartbeat: false,
  inbox: false,
  showMessage: false,
};

type Operation = (input: unknown) => Promise<unknown>;

/** `changed` is awaited after each operation that may have changed what is shown, before it is answered. */
export function lazyOperations(root: string, options: FileStoreOptions, changed: () => Promise<void>): Coordination {
  let opened: Promise<Coordination> | undefined;
  const open = async () => {
    const { openOperations } = await import('./operations');
    return openOperations(root, options);
  };
  const operations = Object.entries(CHANGES).map(([name, changes]): [string, Operation] => [
    name,
    async (input) => {
      opened ??= open();
      const operation = (await opened)[name as keyof Coordination] as Operation;
      const envelope = await operation(input);
      if (changes) {
        await changed();
      }
      return envelope;
    },
  ]);
  return Object.fromEntries(operations) as unknown as Coordination;
}
