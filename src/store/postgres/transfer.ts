/** A namespace from files, and files from a namespace. */

import { statSync } from 'node:fs';
import { granted, type Outcome, refused } from '../../core/envelope';
import { projectOf, type Reservation } from '../../core/reservation';
import type { SharedOptions } from '../openStore';
import { placedScopes } from '../placedScopes';
import { translations } from '../sharedProjects';
import { addressOf } from './address';
import { Connections, DEFAULT_LIMITS } from './connections';
import { Namespace } from './namespace';
import { type Exported, writeStore } from './transferExport';
import { type Imported, importFrom } from './transferImport';
import { isFileStore } from './transferSource';
import { beginExport, endExport } from './transferTarget';

/** A million lines are no moment's work. */
const LONGEST_MS = 30 * 60_000;
const LIMITS = { ...DEFAULT_LIMITS, poolSize: 1, statementMs: LONGEST_MS, idleInTransactionMs: LONGEST_MS };

export interface TransferOptions extends SharedOptions {
  readonly url: string;
}

/** INVALID_ARGS where the folder holds no store. @throws StoreProblem; nothing is changed then */
export async function importFolder(options: TransferOptions, folder: string): Promise<Outcome<Imported>> {
  if (!isFileStore(folder)) {
    return refused(
      'INVALID_ARGS',
      `${JSON.stringify(folder)} holds no store. Name the folder that agents/ and reservations/ are in.`,
      {
        folder,
      },
    );
  }
  const { toShared } = translations(options.names);
  const { toLocal: toPlaced } = placedScopes(options.placeOf);
  const stored = (entry: Reservation) => toShared(toPlaced(entry));
  return await withConnections(options, async (connections, namespace) =>
    granted(await importFrom(connections, namespace, LIMITS, folder, stored)),
  );
}

/** INVALID_ARGS where the folder is in use, or there is no such namespace. @throws StoreProblem */
export async function exportFolder(options: TransferOptions, folder: string): Promise<Outcome<Exported>> {
  return await withConnections(options, async (connections, namespace) => {
    if (!(await connections.use(async (client) => (await namespace.find(client)) !== undefined))) {
      return refused(
        'INVALID_ARGS',
        `There is no namespace ${JSON.stringify(namespace.name)}. Name another one with --namespace.`,
        {
          namespace: namespace.name,
        },
      );
    }
    const begun = await beginExport(folder, namespace.name);
    if (!begun.ok) {
      return begun;
    }
    const exported = await writeStore(connections, namespace, folder, localised(options));
    await endExport(folder, namespace.name);
    return granted(exported);
  });
}

/**
 * Names projects by their folders here. An entry's own worktree tells best, where it is still there: of one repository there
 * may be several clones, and nobody needs to work in any of them just now.
 */
function localised({ names }: TransferOptions): (entries: readonly Reservation[]) => Promise<readonly Reservation[]> {
  const { toLocal } = translations(names);
  const known = new Map<string, string | undefined>();
  const projectAt = async (worktree: string) => {
    if (!known.has(worktree)) {
      const isThere = statSync(worktree, { throwIfNoEntry: false })?.isDirectory() === true;
      known.set(worktree, isThere ? await names.projectOf(worktree) : undefined);
    }
    return known.get(worktree);
  };
  return async (entries) => {
    const here: Reservation[] = [];
    for (const entry of entries) {
      const project = typeof entry.worktree === 'string' ? await projectAt(entry.worktree) : undefined;
      const isIts = project !== undefined && names.shared(project) === projectOf(entry);
      here.push(isIts ? { ...entry, project } : toLocal(entry));
    }
    return here;
  };
}

async function withConnections<T>(
  { url, namespace }: TransferOptions,
  work: (connections: Connections, namespace: Namespace) => Promise<T>,
): Promise<T> {
  const connections = new Connections(addressOf(url), LIMITS, () => undefined);
  try {
    return await work(connections, new Namespace(namespace));
  } finally {
    await connections.close();
  }
}
