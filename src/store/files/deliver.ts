/** Sending, so that a message is with all its recipients or with none, whatever happens on the way. Under the lock only. */

import { accessSync, constants } from 'node:fs';
import { hasSafeIds, type Message } from '../../core/message';
import { asProblem } from '../problem';
import { appendLines, assertAppendable, ensureFolder, removeFile, syncFolder } from './durable';
import { fitting } from './json';
import { readMessageFile, readSent, writeMessageFile } from './messages';
import { openOutbox, readOutbox, rewindOutbox, writeOutbox } from './outbox';
import { inboxFile, messageFile, type StorePaths } from './paths';

/** @throws StoreProblem where nobody has got any of them */
export async function deliverMessages(paths: StorePaths, messages: readonly Message[], now: Date): Promise<void> {
  for (const message of messages) {
    if (!hasSafeIds(message)) {
      throw new Error('Refusing to store a message whose ids have not been checked.');
    }
    fitting(messageFile(paths, message.message_id), JSON.stringify(message));
  }
  await ensureFolder(paths.root, paths.messageIndex);
  assertUsable(paths, messages);
  const before = await openOutbox(paths, now);
  await writeOutbox(paths, [...before, ...messages]);
  // From here on they have been sent, unless all of it can be taken back.
  const failure = await indexAll(paths, messages);
  if (failure && (await takeBack(paths, messages, before))) {
    throw failure;
  }
  await finishDeliveries(paths, new Set(messages.map(({ message_id: id }) => id)));
}

/** What lasts, such as a folder that is closed to us, is to be refused before anything has been sent. */
function assertUsable(paths: StorePaths, messages: readonly Message[]): void {
  const { R_OK, W_OK, X_OK } = constants;
  try {
    accessSync(paths.messageIndex, R_OK | W_OK | X_OK);
  } catch (error) {
    throw asProblem(error, paths.messageIndex, 'write to');
  }
  for (const { to_agent: agent } of messages) {
    assertAppendable(inboxFile(paths, agent));
  }
}

/** Writes the message files: until the inboxes have lines, all can be taken back. Answers the first failure. */
async function indexAll(paths: StorePaths, messages: readonly Message[]): Promise<Error | undefined> {
  for (const message of messages) {
    try {
      await writeMessageFile(paths, message);
    } catch (error) {
      return asProblem(error, messageFile(paths, message.message_id), 'write');
    }
  }
  return undefined;
}

/** Whether it is as if they had never been sent. Where that cannot be had, they stay sent and are delivered later. */
async function takeBack(paths: StorePaths, messages: readonly Message[], before: readonly Message[]): Promise<boolean> {
  try {
    for (const { message_id: id } of messages) {
      if (readMessageFile(paths, id)) {
        await removeFile(messageFile(paths, id));
      }
    }
    await syncFolder(paths.messageIndex);
    await rewindOutbox(paths, before);
    return true;
  } catch {
    return false;
  }
}

/**
 * Brings what is in the outbox to its files. What cannot be done now stays there, is found by those who read, and must not
 * keep anybody from writing. Answers how many are left. Those that are `fresh` are known to be in no inbox yet.
 */
export async function finishDeliveries(paths: StorePaths, fresh: ReadonlySet<string> = new Set()): Promise<number> {
  let messages: readonly Message[] = [];
  const left: Message[] = [];
  try {
    messages = readOutbox(paths);
    for (const message of messages) {
      await finish(paths, message, fresh.has(message.message_id)).catch(() => left.push(message));
    }
    if (left.length < messages.length) {
      await writeOutbox(paths, left);
    }
    return left.length;
  } catch {
    return messages.length;
  }
}

async function finish(paths: StorePaths, message: Message, isFresh: boolean): Promise<void> {
  const { message_id: id, to_agent: agent } = message;
  if (isFresh || !readSent(paths, agent).sent.has(id)) {
    await appendLines(inboxFile(paths, agent), [JSON.stringify(message)]);
  }
  if (!readMessageFile(paths, id)) {
    await writeMessageFile(paths, message);
  }
}
