/** All that is loaded for a server, and for nothing else: the store on it, and what is done with it as a whole. */

import type { Outcome } from '../../core/envelope';
import type { SharedOptions } from '../openStore';
import { withPlacedScopes } from '../placedScopes';
import { withSharedProjects } from '../sharedProjects';
import type { Store } from '../store';
import type { Migrated } from './migrate';
import { openPostgresStore } from './postgresStore';
import type { Pruned } from './prune';
import { exportFolder, importFolder } from './transfer';
import type { Exported } from './transferExport';
import type { Imported } from './transferImport';

export interface Server {
  /** The server's clock, as far as it is known. */
  now(): Date;
  /** The same, asked of the server where it is not known yet. @throws StoreProblem */
  askNow(): Promise<Date>;
  /** Makes the tables, or brings them to the version of this program. @throws StoreProblem */
  migrate(): Promise<Migrated>;
  /** Deletes what was over before then. @throws StoreProblem */
  prune(before: Date): Promise<Pruned>;
  /** Takes a file store over into the namespace: see transferImport.ts. */
  importFolder(folder: string): Promise<Outcome<Imported>>;
  /** Writes the namespace out as a file store: see transferExport.ts. */
  exportFolder(folder: string): Promise<Outcome<Exported>>;
  /** Gives up all connections. A process may also end without. */
  close(): Promise<void>;
}

/** @throws StoreProblem INVALID_CONNECTION, INSECURE_CONNECTION, IO_ERROR */
export function openServer(url: string, shared: SharedOptions): { readonly store: Store; readonly server: Server } {
  const { namespace, names, placeOf } = shared;
  const postgres = openPostgresStore({ url, namespace });
  return {
    store: withPlacedScopes(withSharedProjects(postgres, names), placeOf),
    server: {
      now: () => postgres.now(),
      askNow: async () => {
        await postgres.exists();
        return postgres.now();
      },
      migrate: () => postgres.migrate(),
      prune: (before) => postgres.prune({ before }),
      importFolder: (folder) => importFolder({ url, ...shared }, folder),
      exportFolder: (folder) => exportFolder({ url, ...shared }, folder),
      close: () => postgres.close(),
    },
  };
}
