/** The operations on a store, as a bundle of their own: most windows only look. windowStore.ts and serverStore.ts load it. */

import { type Coordination, createCoordination } from '../coordination/coordination';
import { placeOfScope } from '../project/placeOfScope';
import { randomHex } from '../store/files/durable';
import { FileStore, type FileStoreOptions } from '../store/files/fileStore';
import { unusableStore } from '../store/openStore';
import { withPlacedScopes } from '../store/placedScopes';
import type { StoreProblem } from '../store/problem';
import type { Store } from '../store/store';

const ID_BYTES = 4;

export function openOperations(root: string, options: FileStoreOptions): Coordination {
  return operationsOn(withPlacedScopes(new FileStore(root, options), placeOfScope), options.clock);
}

/** `clock` is the one by which leases end; this machine's unless told. */
export function operationsOn(store: Store, clock = () => new Date()): Coordination {
  return createCoordination(store, { random: () => randomHex(ID_BYTES), clock });
}

/** Where there is no store to work on: each answers why. */
export function refusing(why: StoreProblem): Coordination {
  return operationsOn(unusableStore(why));
}
