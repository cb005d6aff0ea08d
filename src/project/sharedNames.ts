/** Names for projects that mean the same on every machine, and which folder of this one they stand for. */

import { basename } from 'node:path';
import { findProject, foundProjects } from './findProject';
import { originOf } from './origin';

const names = new Map<string, string>();
const folders = new Map<string, string>();

/**
 * `origin:github.com/acme/shop` for a clone, `folder:shop` for what came from nowhere: who shares such a project has to call
 * its folder the same. It stays what it was when the process first asked.
 */
export function sharedName(folder: string): string {
  let name = names.get(folder);
  if (name === undefined) {
    const origin = originOf(folder);
    name = origin === undefined ? `folder:${basename(folder)}` : `origin:${origin}`;
    names.set(folder, name);
    folders.set(name, folder);
  }
  return name;
}

/**
 * Whose reservations a folder's are on a server, where nobody says so: those of all clones of its repository. Undefined
 * where it came from nowhere.
 */
export async function namespaceOf(folder: string): Promise<string | undefined> {
  return originOf((await findProject(folder)).project);
}

/** The project here of that name, as far as this process has come across it; of several clones, the one found last. */
export function localFolder(name: string): string | undefined {
  for (const folder of foundProjects()) {
    sharedName(folder);
  }
  return folders.get(name);
}
