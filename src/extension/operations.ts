/** The operations on a store, as a bundle of their own: most windows only look. lazyOperations.ts loads it. */

import { type Coordination, createCoordination } from '../coordination/coordination';
import { randomHex } from '../store/files/durable';
import { FileStore, type FileStoreOptions } from '../store/files/fileStore';

const ID_BYTES = 4;

export function openOperations(root: string, options: FileStoreOptions): Coordination {
  return createCoordination(new FileStore(root, options), { random: () => randomHex(ID_BYTES) });
}
