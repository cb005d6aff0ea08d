/** Message files: an inbox stream for each recipient, and each message as it is now under its id. */

import { statSync } from 'node:fs';
import { isMessageId, isUnackedRequired, type Message, newestFirst } from '../../core/message';
import { asProblem, StoreProblem } from '../problem';
import type { Records } from '../store';
import { ensureFolder, replaceFile } from './durable';
import { elapsedMs } from './elapsed';
import { fitting, readRecord, readText, toJson } from './json';
import { orUndefined } from './orUndefined';
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
        new StoreProblem('BAD_ENTRY', path, `Line ${index + 1} of ${path} is not a message; it is passed over.`, {
          facts: { line: index + 1 },
        }),
      );
    }
  }
  return { sent, problems };
}

/** A listing is made anew after so long, whatever the folder's time says. */
const LISTING_MS = 60_000;
/** A folder that changed so shortly before it was listed may have changed again within the same tick of its clock. */
const SETTLED_MS = 2_000;
const NS_PER_MS = 1_000_000n;

/**
 * Reads the messages that wait for an acknowledgement. What is final (acked, or never needs it) is remembered and not read
 * again, since no rule changes it any more; the folder is not listed again while its time shows that nothing was added.
 */
export class UnackedReader {
  private readonly final = new Set<string>();
  private listed: Listed | undefined;

  constructor(private readonly paths: StorePaths) {}

  /** @throws StoreProblem where the folder itself cannot be read */
  async read(): Promise<Records<Message>> {
    const underWay = readOutbox(this.paths);
    const ids = await this.list();
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

  /** The ids of what is not final. */
  private async list(): Promise<readonly string[]> {
    const changed = timeOf(this.paths.messageIndex);
    const at = elapsedMs();
    if (!this.listed || this.listed.changed !== changed || at > this.listed.until) {
      const ids = await recordIds(this.paths.messageIndex, (id) => !this.final.has(id) && isMessageId(id));
      const isSettled = changed !== undefined && Date.now() - Number(changed / NS_PER_MS) > SETTLED_MS;
      this.listed = { changed, until: isSettled ? at + LISTING_MS : 0, ids };
    }
    return this.listed.ids.filter((id) => !this.final.has(id));
  }
}

interface Listed {
  readonly changed: bigint | undefined;
  /** ms since the process began. */
  readonly until: number;
  readonly ids: readonly string[];
}

/** When a folder was last changed, in ns; undefined where that cannot be told. */
function timeOf(folder: string): bigint | undefined {
  return orUndefined(() => statSync(folder, { bigint: true }).mtimeNs);
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
