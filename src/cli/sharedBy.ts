/** Among whom a call shares its store, where that is on a server. Loaded only then. */

import { resolve } from 'node:path';
import { findProject } from '../project/findProject';
import { localFolder, namespaceOf, sharedName } from '../project/sharedNames';
import type { SharedOptions } from '../store/openStore';
import type { Given } from './verb';

/** What is about all of a server is in none; it is called something, and nothing is stored under it. */
const NO_NAMESPACE = 'default';

/** @throws Error that says what to give, where nothing names a namespace */
export async function sharedBy(
  given: Pick<Given, 'text'>,
  env: NodeJS.ProcessEnv,
  cwd: string,
  isOfWholeServer = false,
): Promise<Omit<SharedOptions, 'placeOf'>> {
  const folder = resolve(cwd, given.text('worktree') ?? given.text('project') ?? '');
  const namespace =
    given.text('namespace')?.trim() ??
    (env['AGENT_RESERVATIONS_NAMESPACE']?.trim() ||
      (await namespaceOf(folder)) ||
      (isOfWholeServer ? NO_NAMESPACE : undefined));
  if (!namespace) {
    throw new Error(
      'Missing namespace: name it after --namespace, or set AGENT_RESERVATIONS_NAMESPACE. All who are to see each other name ' +
        'the same one. In a clone with a remote, it is the address of that unless told.',
    );
  }
  const projectOf = async (at: string) => (await findProject(at)).project;
  return { namespace, names: { shared: sharedName, local: localFolder, projectOf } };
}
