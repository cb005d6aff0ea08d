/** Which store a call is about: a folder or a server, as the options and the environment say. */

import { isAbsolute, resolve } from 'node:path';
import { placeOfScope } from '../project/placeOfScope';
import { defaultRoot } from '../store/files/paths';
import { isServer, type OpenedStore, type OpenOptions, openStore, unusableStore } from '../store/openStore';
import { type Given, UsageError, type Verb } from './verb';

interface Around extends Pick<OpenOptions, 'onNotice'> {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** @throws UsageError for what names no store, unless the verb can do without one */
export async function openedStore(verb: Verb, given: Given, around: Around): Promise<OpenedStore> {
  try {
    return await opened(verb, given, around);
  } catch (error) {
    if (verb.worksWithoutStore) {
      return { store: unusableStore(error), server: undefined };
    }
    throw new UsageError((error as Error).message);
  }
}

async function opened(verb: Verb, given: Given, { env, cwd, onNotice }: Around): Promise<OpenedStore> {
  const named = given.text('store') ?? env['AGENT_RESERVATIONS_STORE'] ?? '';
  const isNamed = named !== '' || given.text('store') !== undefined;
  const where = (isNamed ? named : defaultRoot(env)).trim();
  if (!where) {
    throw new UsageError('Missing folder: name it after --store.');
  }
  if (!isNamed && !isAbsolute(where)) {
    throw new UsageError(
      'There is no home folder to keep the store in: set HOME, or name a folder by AGENT_RESERVATIONS_STORE.',
    );
  }
  if (isServer(where)) {
    const { sharedBy } = await import('./sharedBy');
    return await openStore(where, {
      placeOf: placeOfScope,
      shared: await sharedBy(given, env, cwd, verb.isOfWholeServer?.(given)),
    });
  }
  if (/^~(?:[\\/]|$)/.test(where)) {
    throw new UsageError(
      `${JSON.stringify(where)} would be a folder called "~" here, since no shell has read it: name it in full.`,
    );
  }
  if (given.text('namespace') !== undefined) {
    throw new UsageError('--namespace is of a server: give --store postgres://user@host/database with it.');
  }
  return await openStore(resolve(cwd, where), { onNotice, placeOf: placeOfScope });
}

/** What was typed may be shown again, but not the URL of a server with its password. */
export function withoutSecrets(text: string): string {
  return text.replace(/(postgres(?:ql)?:\/\/).*@/gis, '$1…@');
}
