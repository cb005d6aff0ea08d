/** The store that a window works on: files, or a server. */

import type { Coordination } from '../coordination/coordination';
import { placeOfScope } from '../project/placeOfScope';
import { FileReader } from '../store/files/fileReader';
import { withPlacedScopes } from '../store/placedScopes';
import type { StoreProblem } from '../store/problem';
import type { StoreReader } from '../store/store';
import type { OnFailure } from '../util/background';
import { lazyOperations } from './lazyOperations';

export interface WindowStore {
  readonly kind: 'files' | 'postgres';
  readonly reader: StoreReader;
  /** The operations; each makes what it changed visible before it answers. */
  readonly coordination: Coordination;
  /** The clock by which leases end. */
  now(): Date;
  /** Takes nothing for settled that kept it from working. */
  retry(): void;
  /** Gives up connections, if it has any. */
  dispose(): void;
}

export interface WindowStoreOptions {
  /** What a commit of this window set right. */
  readonly onNotice: (notice: StoreProblem) => void;
  /** Is awaited after each operation that may have changed what is shown, before it is answered. */
  readonly changed: () => Promise<void>;
  /** Told what work that nobody waits for fails with. */
  readonly onFailure: OnFailure;
}

export function filesStore(root: string, { onNotice, changed }: Omit<WindowStoreOptions, 'onFailure'>): WindowStore {
  let opened: Promise<Coordination> | undefined;
  const open = async () => {
    const { openOperations } = await import('./operations');
    return openOperations(root, { onNotice });
  };
  return {
    kind: 'files',
    reader: withPlacedScopes(new FileReader(root) as StoreReader, placeOfScope),
    coordination: lazyOperations(() => {
      opened ??= open();
      return opened;
    }, changed),
    now: () => new Date(),
    retry: () => undefined,
    dispose: () => undefined,
  };
}
