/** Files that belong to others (a tool's settings, git's hooks): read as text, written whole or not at all. */

import { chmod, mkdir, readFile, realpath, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../store/files/durable';
import { asProblem, errno } from '../store/problem';

/** Undefined where there is no such file. @throws StoreProblem */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') {
      return undefined;
    }
    throw asProblem(error, file, 'read');
  }
}

/**
 * Puts the text in the place of the file in one step, or removes it (`undefined`). A file that is a link, as settings kept
 * elsewhere are, stays one: what it leads to is written. The file keeps its mode; a new one has `mode`.
 *
 * @throws StoreProblem
 */
export async function writeText(
  file: string,
  text: string | undefined,
  mode = 0o666 & ~process.umask(),
): Promise<void> {
  const target = await realpath(file).catch(() => file);
  try {
    if (text === undefined) {
      await unlink(target);
      return;
    }
    const before = await stat(target).catch(() => undefined);
    await mkdir(dirname(target), { recursive: true });
    await replaceFile(target, text);
    await chmod(target, before ? before.mode & 0o777 : mode);
  } catch (error) {
    throw asProblem(error, target, 'write');
  }
}
