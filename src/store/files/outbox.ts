/**
 * Messages that have been sent and may not be in all their files yet. A message belongs in two files, a broadcast in many;
 * a crash or an error in between must not leave it in some of them. So what is sent is first written to this one file,
 * whole and durably: that is the moment at which it has been sent. Readers look here too; writers finish what they find.
 */

import { dirname } from 'node:path';
import type { Message } from '../../core/message';
import { errno, isNotUnderstood, StoreProblem } from '../problem';
import { putAside } from './aside';
import { removeFile, replaceFile, syncFolder } from './durable';
import { fitting, parseJson, readExactText, toJson } from './json';
import type { StorePaths } from './paths';
import { messageSchema, misfit } from './schema';

/**
 * Read it before the other files: what is not there any more is in all of them. What cannot be understood is nobody's
 * message; the doctor tells of it.
 *
 * @throws StoreProblem where it cannot be read
 */
export function readOutbox(paths: StorePaths): readonly Message[] {
  try {
    return readWholeOutbox(paths);
  } catch (error) {
    if (error instanceof StoreProblem && isNotUnderstood(error)) {
      return [];
    }
    throw error;
  }
}

/** @throws StoreProblem also where it cannot be understood */
export function readWholeOutbox({ outbox }: StorePaths): readonly Message[] {
  const text = readExactText(outbox);
  if (text === undefined) {
    return [];
  }
  const value = parseJson(text, outbox);
  const reason = Array.isArray(value)
    ? value.map((entry) => misfit(messageSchema, entry)).find(Boolean)
    : 'it is not a list';
  if (reason) {
    throw new StoreProblem('WRONG_SHAPE', outbox, `${outbox} does not hold messages (${reason}). Move it away.`, {
      facts: { reason },
    });
  }
  return value as readonly Message[];
}

/** For those who write it anew: what cannot be understood is put aside first. @throws StoreProblem */
export async function openOutbox(paths: StorePaths, now: Date): Promise<readonly Message[]> {
  try {
    return readWholeOutbox(paths);
  } catch (error) {
    if (!(error instanceof StoreProblem && isNotUnderstood(error))) {
      throw error;
    }
    await putAside(paths.outbox, now);
    return [];
  }
}

export async function writeOutbox({ outbox }: StorePaths, messages: readonly Message[]): Promise<void> {
  if (messages.length > 0) {
    await replaceFile(outbox, fitting(outbox, toJson(messages)));
    return;
  }
  await removeFile(outbox).catch((error: unknown) => {
    if (errno(error) !== 'ENOENT') {
      throw error;
    }
  });
}

/** Takes back what has just been sent, so that not even a power failure brings it again. */
export async function rewindOutbox(paths: StorePaths, before: readonly Message[]): Promise<void> {
  await writeOutbox(paths, before);
  await syncFolder(dirname(paths.outbox));
}
