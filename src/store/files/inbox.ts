/**
 * The messages to one agent, for who shows them again and again: of the stream only what has been added is read, of each message
 * whether it has changed, and what is final not even that.
 */

import { readSync, statSync } from 'node:fs';
import { isMessageId, isUnackedRequired, type Message } from '../../core/message';
import { asProblem, StoreProblem } from '../problem';
import type { Records } from '../store';
import { LARGEST_FILE_BYTES, withFile } from './json';
import { parseSent, readMessageFile } from './messages';
import { orUndefined } from './orUndefined';
import { readOutbox } from './outbox';
import { inboxFile, messageFile, recordIds, type StorePaths } from './paths';
import { inTurns } from './turns';

/** What is known of an inbox stream up to the end of its last whole line. */
interface Stream {
  readonly inode: number;
  readonly bytes: number;
  readonly lines: number;
  readonly sent: Map<string, Message>;
  readonly problems: StoreProblem[];
}

interface Known {
  readonly stamp: string;
  readonly message: Message;
}

const NEW_LINE = 0x0a;
const nothing = (): Stream => ({ inode: -1, bytes: 0, lines: 0, sent: new Map(), problems: [] });

export class InboxReader {
  private agent = '';
  private stream: Stream = nothing();
  private readonly known = new Map<string, Known>();

  constructor(private readonly paths: StorePaths) {}

  /**
   * Each message as it is now, in no order. One whose own file is missing or cannot be read is among the problems instead, with
   * its id as `message` in the facts and its subject where that is known. @throws StoreProblem
   */
  async read(agent: string): Promise<Records<Message>> {
    if (agent !== this.agent) {
      this.agent = agent;
      this.stream = nothing();
      this.known.clear();
    }
    const underWay = new Map(
      readOutbox(this.paths)
        .filter((message) => message.to_agent === agent)
        .map((message) => [message.message_id, message]),
    );
    const { sent, problems: torn } = this.readStream(inboxFile(this.paths, agent));
    const isThere = new Set(await recordIds(this.paths.messageIndex, isMessageId));
    const records: Message[] = [];
    const problems: StoreProblem[] = [...torn];
    await inTurns(new Set([...sent.keys(), ...underWay.keys()]), (id) => {
      const as = sent.get(id) ?? underWay.get(id);
      try {
        const message = isThere.has(id) ? this.readOne(id) : underWay.get(id);
        if (message) {
          records.push(message);
        } else {
          problems.push(missing(messageFile(this.paths, id), id, as));
        }
      } catch (error) {
        problems.push(about(asProblem(error, messageFile(this.paths, id), 'read'), id, as));
      }
    });
    return { records, problems };
  }

  /** The very object of the reading before, where its file is as it was. */
  private readOne(id: string): Message | undefined {
    const known = this.known.get(id);
    if (known && isFinal(known.message)) {
      return known.message;
    }
    const path = messageFile(this.paths, id);
    const stats = orUndefined(() => statSync(path, { bigint: true }));
    const stamp = stats ? `${stats.ino} ${stats.size} ${stats.mtimeNs}` : '';
    if (known && known.stamp === stamp) {
      return known.message;
    }
    const message = readMessageFile(this.paths, id);
    if (message) {
      this.known.set(id, { stamp, message });
    } else {
      this.known.delete(id);
    }
    return message;
  }

  private readStream(path: string): Stream {
    const read = withFile(path, LARGEST_FILE_BYTES, (file, size) => {
      const inode = orUndefined(() => statSync(path).ino) ?? -1;
      const before = inode === this.stream.inode && size >= this.stream.bytes ? this.stream : undefined;
      const { bytes, lines, sent, problems } = before ?? nothing();
      const added = Buffer.allocUnsafe(size - bytes);
      const end = added.subarray(0, readSync(file, added, 0, added.length, bytes)).lastIndexOf(NEW_LINE) + 1;
      const texts = end > 0 ? added.toString('utf8', 0, end - 1).split('\n') : [];
      for (const [index, text] of texts.entries()) {
        const message = text.trim() === '' ? undefined : parseSent(text);
        if (message) {
          sent.set(message.message_id, message);
        } else if (text.trim() !== '') {
          problems.push(badLine(path, lines + index + 1));
        }
      }
      // What has no end yet may still be written, or its end was never written: it is looked at, and read again next time.
      const rest = parseSent(added.toString('utf8', end));
      const all = rest ? new Map(sent).set(rest.message_id, rest) : sent;
      this.stream = { inode, bytes: bytes + end, lines: lines + texts.length, sent, problems };
      return { ...this.stream, sent: all };
    });
    this.stream = read ? this.stream : nothing();
    return read ?? this.stream;
  }
}

/** No rule changes it any more. */
function isFinal(message: Message): boolean {
  return message.state === 'acked' || (message.state === 'read' && !isUnackedRequired(message));
}

function missing(path: string, id: string, sent: Message | undefined): StoreProblem {
  return about(
    new StoreProblem('MISSING_FILE', path, `${path} is missing, so the message can be neither read nor acknowledged.`),
    id,
    sent,
  );
}

function about(
  { kind, path, message, facts, cause }: StoreProblem,
  id: string,
  sent: Message | undefined,
): StoreProblem {
  return new StoreProblem(kind, path, message, { facts: { ...facts, message: id, subject: sent?.subject }, cause });
}

function badLine(path: string, line: number): StoreProblem {
  return new StoreProblem('BAD_ENTRY', path, `Line ${line} of ${path} is not a message; it is passed over.`, {
    facts: { entry: line, line, reason: 'it is not a message' },
  });
}
