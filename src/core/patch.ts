/** The files that a patch of the form `*** Begin Patch` touches: coding agents send one for several files at once. */

const HEADER = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$/gm;

/** In their order, each once; both names of a file that is moved. */
export function filesOfPatch(patch: string): readonly string[] {
  return [...new Set([...patch.matchAll(HEADER)].map(([, path]) => path ?? ''))];
}
