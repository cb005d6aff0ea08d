/** Sending, so that a message is with all its recipients or with none, whatever happens on the way. Under the lock only. */

import { hasSafeIds, type Message } from '../../core/message';
import { appendLines, ensureFolder } from './durable';
import { fitting } from './json';
import { readMessageFile, readSent, writeMessageFile } from './messages';
import { readOutbox, writeOutbox } from './outbox';
import { inboxFile, messageFile, type StorePaths } from './paths';

/** @throws StoreProblem where nobody has got any of them */
export async function deliverMessages(paths: StorePaths, messages: readonly Message[]): Promise<void> {
  for (const message of messages) {
    if (!hasSafeIds(message)) {
      throw new Error('Refusing to store a message whose ids have not been checked.');
    }
    fitting(messageFile(paths, message.message_id), JSON.stringify(message));
  }
  await ensureFolder(paths.root, paths.messageIndex);
  const before = await readOutbox(paths);
  await writeOutbox(paths, [...before, ...messages]);
  // From here on they have been sent, unless all of it can be taken back.
  const failures: { readonly message: Message; readonly error: unknown }[] = [];
  for (const message of messages) {
    try {
      await appendLines(inboxFile(paths, message.to_agent), [JSON.stringify(message)]);
      await writeMessageFile(paths, message);
    } catch (error) {
      failures.push({ message, error });
    }
  }
  const [first] = failures;
  if (first && failures.length === messages.length && (await isNowhere(paths, messages))) {
    await writeOutbox(paths, before);
    throw first.error;
  }
  // What is left here is finished by the next one to write, and meanwhile found by those who read.
  await writeOutbox(paths, [...before, ...failures.map(({ message }) => message)]).catch(() => undefined);
}

/** Whether none is in an inbox. An append can fail after its line is there, and what cannot be read may have it. */
async function isNowhere(paths: StorePaths, messages: readonly Message[]): Promise<boolean> {
  const isAbsent = messages.map(async ({ to_agent: agent, message_id: id }) => {
    const { sent } = await readSent(paths, agent);
    return !sent.has(id);
  });
  const found = await Promise.all(isAbsent).catch(() => [false]);
  return found.every(Boolean);
}

/** Finishes what others had to leave. What cannot be done now stays as it is: it must not keep anybody from writing. */
export async function finishDeliveries(paths: StorePaths): Promise<void> {
  try {
    const messages = await readOutbox(paths);
    const left: Message[] = [];
    for (const message of messages) {
      await finish(paths, message).catch(() => left.push(message));
    }
    if (left.length < messages.length) {
      await writeOutbox(paths, left);
    }
  } catch {
    // Nothing is lost: it is there for the next one.
  }
}

async function finish(paths: StorePaths, message: Message): Promise<void> {
  const { sent } = await readSent(paths, message.to_agent);
  if (!sent.has(message.message_id)) {
    await appendLines(inboxFile(paths, message.to_agent), [JSON.stringify(message)]);
  }
  if (!(await readMessageFile(paths, message.message_id))) {
    await writeMessageFile(paths, message);
  }
}
