/** A file store, read as a whole to be taken elsewhere: in pieces, since its history may be long. Nothing is locked. */

import { constants, existsSync, readdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type AgentRecord, isAgentId } from '../../core/agent';
import { isMessageId, type Message } from '../../core/message';
import { asExpired, type Reservation } from '../../core/reservation';
import { readAgentFiles } from '../files/agents';
import { linesOf } from '../files/doctor/lines';
import { parseLine } from '../files/history';
import { readMessageFile, readSent } from '../files/messages';
import { readOutbox } from '../files/outbox';
import { messageFile, recordIds, type StorePaths, storePaths } from '../files/paths';
import { readReservations } from '../files/reading';
import { steadyTime } from '../files/steadyClock';
import { asProblem, type StoreProblem } from '../problem';

/** What is kept from being taken along, and why. */
export interface LeftOut {
  readonly what: 'agent' | 'message' | 'reservation' | 'line';
  /** Its id, or the number of the line from 1. */
  readonly id: string;
  readonly why: string;
}

export type OnLeftOut = (left: LeftOut) => void;

/** Whether anything of a store is there. */
export function isFileStore(folder: string): boolean {
  const { agents, messages, reservations } = storePaths(folder);
  return [agents, messages, reservations].some((part) => existsSync(part));
}

/** @throws StoreProblem where one cannot be read that may be right */
export async function agentsOf(folder: string, onLeftOut: OnLeftOut): Promise<readonly AgentRecord[]> {
  const { records, problems } = await readAgentFiles(storePaths(folder));
  for (const problem of problems) {
    onLeftOut({ what: 'agent', id: problem.path, why: wrong(problem) });
  }
  return records;
}

export interface HeldReservations {
  /** What is held, with what has ended and is not swept yet. */
  readonly active: readonly Reservation[];
  /** What is over, and history has not been told. */
  readonly unrecorded: readonly Reservation[];
}

/** What is held as every reader of the store understands it. @throws StoreProblem */
export function heldIn(folder: string, onLeftOut: OnLeftOut): HeldReservations {
  const { file, recovered, broken } = readReservations(storePaths(folder), () => ({
    now: new Date(),
    steady: steadyTime(),
  }));
  for (const { facts, message } of file.problems) {
    onLeftOut({ what: 'reservation', id: `entry ${facts['entry']}`, why: message });
  }
  if (broken) {
    onLeftOut({ what: 'reservation', id: broken.path, why: broken.message });
  }
  return { active: recovered.entries, unrecorded: recovered.unrecorded.map(asExpired) };
}

/** All that history closed, oldest first, as many at a time as one reading of the disk brings. @throws StoreProblem */
export async function* historyOf(
  folder: string,
  onLeftOut: OnLeftOut,
): AsyncGenerator<readonly { readonly line: number; readonly entry: Reservation }[]> {
  const path = storePaths(folder).history;
  const file = existsSync(path) ? await openForReading(path) : undefined;
  try {
    let number = 0;
    for await (const lines of file ? linesOf(file, 0, (await file.stat()).size) : []) {
      const piece: { line: number; entry: Reservation }[] = [];
      for (const { bytes } of lines) {
        number++;
        const text = bytes?.toString('utf8');
        const entry = text === undefined ? undefined : parseLine(text);
        if (entry && entry.state !== 'active') {
          piece.push({ line: number, entry });
        } else if (text?.trim() !== '') {
          const why = entry ? 'it is active, and closes nothing' : 'it cannot be read: torn by a crash perhaps';
          onLeftOut({ what: 'line', id: `${number}`, why });
        }
      }
      yield piece;
    }
  } finally {
    await file?.close();
  }
}

const PIECE = 500;

/** Each message as it is now, or as it was sent where it has no file of its own. @throws StoreProblem */
export async function* messagesOf(folder: string, onLeftOut: OnLeftOut): AsyncGenerator<readonly Message[]> {
  const paths = storePaths(folder);
  const ids = await recordIds(paths.messageIndex, isMessageId);
  for (let from = 0; from < ids.length; from += PIECE) {
    yield ids.slice(from, from + PIECE).flatMap((id) => readOne(paths, id, onLeftOut) ?? []);
  }
  const indexed = new Set(ids);
  yield readOutbox(paths).filter(({ message_id: id }) => !indexed.has(id));
  for (const name of namesIn(paths.messages)) {
    const agent = name.replace(/\.jsonl$/, '');
    if (agent === name || !isAgentId(agent)) {
      continue;
    }
    const { sent, problems } = readSent(paths, agent);
    for (const { message } of problems) {
      onLeftOut({ what: 'line', id: name, why: message });
    }
    const only = [...sent.values()].filter(({ message_id: id }) => !indexed.has(id));
    for (let from = 0; from < only.length; from += PIECE) {
      yield only.slice(from, from + PIECE);
    }
  }
}

function readOne(paths: StorePaths, id: string, onLeftOut: OnLeftOut): Message | undefined {
  try {
    return readMessageFile(paths, id);
  } catch (error) {
    onLeftOut({ what: 'message', id, why: wrong(asProblem(error, messageFile(paths, id), 'read')) });
    return undefined;
  }
}

/** What cannot be read may hold anything: to go on without it would be to lose it. @throws StoreProblem */
function wrong(problem: StoreProblem): string {
  if (problem.kind === 'IO_ERROR' || problem.kind === 'ACCESS_DENIED') {
    throw problem;
  }
  return problem.message;
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

async function openForReading(path: string): Promise<FileHandle> {
  return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    throw asProblem(error, path, 'read');
  });
}
