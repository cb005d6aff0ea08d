/**
 * Messages that have been sent and may not be in all their files yet. A message belongs in two files, a broadcast in many;
 * a crash or an error in between must not leave it in some of them. So what is sent is first written to this one file,
 * whole and durably: that is the moment at which it has been sent. Readers look here too; writers finish what they find.
 */

import type { Message } from '../../core/message';
import { removeFile, replaceFile } from './durable';
import { fitting, readText, toJson } from './json';
import type { StorePaths } from './paths';
import { messageSchema, misfit } from './schema';

/** Read it before the other files: what is not there any more is in all of them. @throws StoreProblem */
export async function readOutbox({ outbox }: StorePaths): Promise<readonly Message[]> {
  const text = await readText(outbox);
  if (text === undefined) {
    return [];
  }
  try {
    const value: unknown = JSON.parse(text);
    const entries: readonly unknown[] = Array.isArray(value) ? value : [];
    return entries.filter((entry): entry is Message => misfit(messageSchema, entry) === undefined);
  } catch {
    // It is ours alone and replaced whole: what is broken here, somebody else broke.
    return [];
  }
}

export async function writeOutbox({ outbox }: StorePaths, messages: readonly Message[]): Promise<void> {
  if (messages.length > 0) {
    await replaceFile(outbox, fitting(outbox, toJson(messages)));
  } else {
    await removeFile(outbox);
  }
}
