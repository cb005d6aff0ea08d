import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoRoot } from './paths';

/**
 * Loads one of the repository's scripts. They are ES modules and the tests are bundled to CommonJS, so the import must
 * happen at run time, by address.
 */
export async function importScript<Module>(path: string): Promise<Module> {
  return await import(pathToFileURL(join(repoRoot, 'scripts', path)).href);
}
