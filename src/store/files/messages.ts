/** Message files: an inbox stream for each recipient, and each message as it is now under its id. */

import { isMessageId, isUnackedRequired, type Message, newestFirst } from '../../core/message';
import { asProblem, StoreProblem } from '../problem';
import type { Records } from '../store';
import { ensureFolder, replaceFile } from './durable';
import { fitting, readRecord, readText, toJson } from './json';
import { readOutbox } from './outbox';
import { inboxFile, messageFile, recordIds, type StorePaths } from './paths';
import { messageSchema, misfit } from './schema';
import { inTurns } from './turns';

/** @throws StoreProblem */
export function readMessageFile(paths: StorePaths, id: string): Message | undefined {
  return readRecord<Message>(messageFile(paths, id), messageSchema, (message) => message.message_id === id);
}

export async function writeMessageFile(paths: StorePaths, message: Message): Promise<void> {
  const path = messageFile(paths, message.message_id);
  const content = fitting(path, toJson(message));
  await ensureFolder(paths.root, paths.messageIndex);
  await replaceFile(path, content);
}

/** The message as it is now, or as it was sent where that is still on its way to its own file. @throws StoreProblem */
export function readMessage(paths: StorePaths, id: string): Message | undefined {
  const found = readMessageFile(paths, id);
  if (found) {
    return found;
  }
  const sent = readOutbox(paths).find((message) => message.message_id === id);
  // It may have come to its own file in between.
  return readMessageFile(paths, id) ?? sent;
}

/** Each message of the stream as it is now, or as it was sent where its own file is missing. @throws StoreProblem */
export async function readInboxFile(paths: StorePaths, agent: string): Promise<Records<Message>> {
  const underWay = readOutbox(paths).filter((message) => message.to_agent === agent);
  const { sent, problems } = readSent(paths, agent);
  for (const message of underWay) {
    sent.set(message.message_id, message);
  }
  const current = await readEach([...sent.keys()], (id) => readMessageFile(paths, id));
  const records = [...sent.values()].map((message) => current.found.get(message.message_id) ?? message);
  return { records, problems: [...problems, ...current.problems] };
}

/** The inbox stream: messages as they were sent, by id. @throws StoreProblem */
export function readSent(paths: StorePaths, agent: string): { sent: Map<string, Message>; problems: StoreProblem[] } {
  const path = inboxFile(paths, agent);
  const text = readText(path);
  const sent = new Map<string, Message>();
  const problems: StoreProblem[] = [];
  for (const [index, line] of (text ?? '').split(/\r?\n/).entries()) {
    const message = line.trim() === '' ? undefined : parseSent(line);
    if (message) {
      sent.set(message.message_id, message);
    } else if (line.trim() !== '') {
      problems.push(
        new StoreProblem('BAD_ENTRY', path, `Line ${index + 1} of ${path} is not a message; it is passed over.`),
      );
    }
  }
  return { sent, problems };
}

/**
 * Reads the messages that wait for an acknowledgement. What is final (acked, or never needs it) is remembered by its
 * file name and not read again, since no rule changes it any more.
 */
export class UnackedReader {
  private readonly final = new Set<string>();

  constructor(private readonly paths: StorePaths) {}

  /** @throws StoreProblem where the folder itself cannot be read */
  async read(): Promise<Records<Message>> {
    const underWay = readOutbox(this.paths);
    const ids = (await recordIds(this.paths.messageIndex, isMessageId)).filter((id) => !this.final.has(id));
    const { found, problems } = await readEach(ids, (id) => readMessageFile(this.paths, id));
    const records: Message[] = [];
    for (const [id, message] of found) {
      if (isUnackedRequired(message)) {
        records.push(message);
      } else {
        this.final.add(id);
      }
    }
    const isIndexed = ({ message_id: id }: Message) => found.has(id) || this.final.has(id);
    records.push(...underWay.filter((message) => isUnackedRequired(message) && !isIndexed(message)));
    return { records: records.sort(newestFirst), problems };
  }
}

/** The message of one line of an inbox stream, or undefined for a line that is none. */
export function parseSent(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return misfit(messageSchema, value) === undefined ? (value as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads one after another, and keeps apart what can be read and what is wrong. */
export async function readEach<R>(
  ids: readonly string[],
  read: (id: string) => R | undefined,
): Promise<{ found: Map<string, R>; problems: StoreProblem[] }> {
  const found = new Map<string, R>();
  const problems: StoreProblem[] = [];
  await inTurns(ids, (id) => {
    try {
      const record = read(id);
      if (record) {
        found.set(id, record);
      }
    } catch (error) {
      problems.push(asProblem(error, id, 'read'));
    }
  });
  return { found, problems };
}
