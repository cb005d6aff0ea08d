/** The one place that opens a store from where it is: a folder, or a server, of which everything is loaded only then. */

import { FileStore } from './files/fileStore';
import { type PlaceOfScope, withPlacedScopes } from './placedScopes';
import type { Server } from './postgres/server';
import type { StoreProblem } from './problem';
import type { ProjectNames } from './sharedProjects';
import type { Store } from './store';

export interface OpenOptions {
  /** Told what a file store has set right. */
  readonly onNotice?: ((notice: StoreProblem) => void) | undefined;
  /** Where absolute scopes without a project lie: see placedScopes.ts. */
  readonly placeOf: PlaceOfScope;
  /** What only a server needs. */
  readonly shared?: Omit<SharedOptions, 'placeOf'> | undefined;
}

export interface SharedNames extends ProjectNames {
  /** The project that a folder here belongs to. */
  projectOf(folder: string): Promise<string>;
}

export interface SharedOptions {
  /** Whose reservations: 1 to 200 characters. */
  readonly namespace: string;
  readonly names: SharedNames;
  readonly placeOf: PlaceOfScope;
}

export interface OpenedStore {
  readonly store: Store;
  /** What only a server has; undefined for files. */
  readonly server: Server | undefined;
}

/** Whether it is the URL of a server; else it is a folder. */
export function isServer(where: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(where);
}

/**
 * @param where an absolute folder, or `postgres://user@host:5432/database`; nothing is connected to before it is needed
 * @throws StoreProblem INVALID_CONNECTION, INSECURE_CONNECTION, or IO_ERROR for a certificate that cannot be read
 */
export async function openStore(where: string, { onNotice, placeOf, shared }: OpenOptions): Promise<OpenedStore> {
  if (!shared) {
    const files = new FileStore(where, onNotice ? { onNotice } : {});
    return { store: withPlacedScopes(files, placeOf), server: undefined };
  }
  const { openServer } = await import('./postgres/server');
  return openServer(where, { ...shared, placeOf });
}

/** For whoever goes on without a store: each call of it rejects with what kept it from being opened. */
export function unusableStore(why: unknown): Store {
  return new Proxy({} as Store, { get: () => () => Promise.reject(why) });
}
