/** Messages: files under their ids that cannot be understood or are missing, and what of them the inbox streams have. */

import { constants } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isAgentId } from '../../../core/agent';
import { isMessageId, type Message } from '../../../core/message';
import { asProblem, errno, type StoreProblem } from '../../problem';
import { putAside } from '../aside';
import { randomHex, syncFolder, writeNew } from '../durable';
import { toJson } from '../json';
import { placeExclusively } from '../lockFile';
import { parseSent, readMessageFile } from '../messages';
import { messageFile, recordIds } from '../paths';
import {
  type Check,
  type Done,
  entriesOf,
  type Found,
  finding,
  gone,
  isFile,
  isUnusable,
  outOfReach,
  pauseBeforeSecondLook,
  repaired,
  statsOf,
  unreadableOf,
  type Ward,
} from './check';
import { linesOf } from './lines';

const INBOX_ENDING = '.jsonl';
const FIRST_FEW = 5;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** What the inbox streams hold, without the messages themselves, which may be many. */
interface Streams {
  /** The stream in which each message id was last seen. */
  readonly streamOf: ReadonlyMap<string, string>;
  /** Line numbers, from 1, of what is no message. */
  readonly badLines: ReadonlyMap<string, readonly number[]>;
}

export const messagesCheck: Check = {
  kinds: ['UNREADABLE_FILE', 'BAD_ENTRY', 'UNINDEXED_MESSAGE'],
  async find(ward) {
    const streams = await readStreams(ward);
    return [
      ...(await unreadable(ward, streams)),
      ...(await unindexed(ward, streams)),
      ...[...streams.badLines].map(([path, numbers]) => badLines(ward, path, numbers)),
    ];
  },
};

async function readStreams(ward: Ward): Promise<Streams> {
  const streamOf = new Map<string, string>();
  const badLines = new Map<string, number[]>();
  for (const entry of await entriesOf(ward.paths.messages)) {
    const { name } = entry;
    if (entry.isFile() && name.endsWith(INBOX_ENDING) && isAgentId(name.slice(0, -INBOX_ENDING.length))) {
      const path = join(ward.paths.messages, name);
      const bad: number[] = [];
      await readStream(path, (message, number) => {
        if (message) {
          streamOf.set(message.message_id, path);
        } else {
          bad.push(number);
        }
      });
      if (bad.length > 0) {
        badLines.set(path, bad);
      }
    }
  }
  return { streamOf, badLines };
}

/** Tells of each line that is not blank. The last one without a newline may be under way, and is passed over. */
async function readStream(path: string, tell: (message: Message | undefined, number: number) => void): Promise<void> {
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW).catch((error: unknown) => {
    throw asProblem(error, path, 'read');
  });
  try {
    let number = 0;
    for await (const lines of linesOf(file, 0, (await file.stat()).size)) {
      for (const { bytes, isWhole } of lines) {
        number++;
        const text = bytes?.toString('utf8');
        const message = text === undefined ? undefined : parseSent(text);
        if (message || (isWhole && text?.trim() !== '')) {
          tell(message, number);
        }
      }
    }
  } finally {
    await file.close();
  }
}

/** The message as it was sent; the last one of that id, as a reader of the inbox sees it. */
async function sentMessage(path: string | undefined, id: string): Promise<Message | undefined> {
  let sent: Message | undefined;
  if (path && (await isFile(path))) {
    await readStream(path, (message) => {
      if (message?.message_id === id) {
        sent = message;
      }
    });
  }
  return sent;
}

async function unreadable(ward: Ward, { streamOf }: Streams): Promise<readonly Found[]> {
  const ids = (await statsOf(ward.paths.messageIndex))?.isDirectory()
    ? await recordIds(ward.paths.messageIndex, isMessageId)
    : [];
  const files: string[] = [];
  for (const id of ids.sort()) {
    if (await isFile(messageFile(ward.paths, id))) {
      files.push(id);
    }
  }
  return [...(await problemsOf(ward, files))].map(([id, problem]) =>
    isUnusable(problem)
      ? brokenFile(ward, id, problem, streamOf.get(id))
      : outOfReach(ward.paths, problem, problem.path),
  );
}

function problemsOf(ward: Ward, ids: readonly string[]): Promise<ReadonlyMap<string, StoreProblem>> {
  return unreadableOf(
    ids,
    (id) => messageFile(ward.paths, id),
    (id) => readMessageFile(ward.paths, id),
  );
}

function brokenFile(ward: Ward, id: string, broken: StoreProblem, stream: string | undefined): Found {
  return {
    finding: finding(ward.paths, 'UNREADABLE_FILE', broken.path, {
      message: `${broken.message} Until then nobody can read or acknowledge the message.`,
      repair: stream
        ? 'Put the file aside, and write the message anew as it was sent, not yet read.'
        : 'Put the file aside. No inbox has the message: nobody sees it any more.',
      risky: stream === undefined,
      facts: { ...broken.facts, cause: broken.kind, message: id, copy: stream !== undefined },
    }),
    repair: () =>
      ward.locked(ward.paths.messageIndex, async (lock) => {
        if (!isUnusable((await problemsOf(ward, [id])).get(id))) {
          return gone(broken.path);
        }
        const sent = await sentMessage(stream, id);
        lock.assertHeld();
        const aside = await putAside(broken.path, ward.moment().now);
        if (sent) {
          await writeMissing(broken.path, sent);
        }
        const rest = sent ? ', and wrote the message anew as it was sent' : '';
        return repaired(`Put the file aside as ${aside}${rest}.`, aside);
      }),
  };
}

async function unindexed(ward: Ward, { streamOf }: Streams): Promise<readonly Found[]> {
  const missing = await missingOf(ward, [...streamOf.keys()]);
  if (missing.length > 0) {
    // Whoever sends writes the stream first, and may be about to write the file.
    await pauseBeforeSecondLook();
  }
  return (await missingOf(ward, missing)).map((id) => unindexedMessage(ward, id, streamOf.get(id)));
}

async function missingOf(ward: Ward, ids: readonly string[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const id of ids) {
    // On Windows no file can have that name, and no message of that id its own file.
    const isNameable = process.platform !== 'win32' || !id.includes(':');
    if (isNameable && !(await isThere(messageFile(ward.paths, id)))) {
      missing.push(id);
    }
  }
  return missing;
}

/** A name that is too long for the file system counts as there: it cannot be written. */
async function isThere(path: string): Promise<boolean> {
  try {
    return (await statsOf(path)) !== undefined;
  } catch (error) {
    if (error instanceof Error && errno(error.cause) === 'ENAMETOOLONG') {
      return true;
    }
    throw error;
  }
}

function unindexedMessage(ward: Ward, id: string, stream: string | undefined): Found {
  const path = messageFile(ward.paths, id);
  return {
    finding: finding(ward.paths, 'UNINDEXED_MESSAGE', path, {
      message: `Message ${id} is in its recipient's inbox, but ${path} is missing: it cannot be acknowledged.`,
      repair: 'Write the file from the inbox.',
      facts: { message: id },
      identity: id,
    }),
    repair: () =>
      ward.locked(ward.paths.messageIndex, async (lock): Promise<Done> => {
        const sent = await sentMessage(stream, id);
        lock.assertHeld();
        return sent && (await writeMissing(path, sent)) ? repaired(`Wrote ${path} from the inbox.`) : gone(path);
      }),
  };
}

/** Writes the file unless one is there: beadboard writes without the lock, and what it wrote is newer. */
async function writeMissing(path: string, message: Message): Promise<boolean> {
  const content = toJson(message);
  const temporary = `${path}.${process.pid}.${randomHex(8)}.tmp`;
  try {
    await writeNew(temporary, content, { sync: true });
    await placeExclusively(temporary, path, content);
  } catch (error) {
    if (errno(error) === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
  await syncFolder(join(path, '..'));
  return true;
}

function badLines(ward: Ward, path: string, numbers: readonly number[]): Found {
  const first = numbers.slice(0, FIRST_FEW).join(', ');
  return {
    finding: finding(ward.paths, 'BAD_ENTRY', path, {
      message: `${path} has lines that are no messages (${numbers.length}, first at ${first}); they are passed over.`,
      facts: { lines: numbers.length, first: numbers.slice(0, FIRST_FEW) },
    }),
  };
}
