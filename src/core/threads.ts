/** The messages that concern a person, by thread: which there are, in which group and order. Pure, from what was read. */

import { isUnackedRequired, type Message } from './message';
import { instant } from './time';

export const THREAD_GROUPS = ['acknowledge', 'unread', 'recent'] as const;

/** What a thread waits for: an acknowledgement, the person's or another's; to be read; or nothing. */
export type ThreadGroup = (typeof THREAD_GROUPS)[number];

export interface Thread {
  /** The thread's id, such as `bead:bd-41`. */
  readonly key: string;
  readonly group: ThreadGroup;
  /** In order of time; never empty. */
  readonly messages: readonly Message[];
  readonly latest: Message;
  /** What to answer first: the oldest that waits for the person's acknowledgement, else the latest. */
  readonly foremost: Message;
  /** How many the person has not read. */
  readonly unread: number;
  /** How many wait for the person's acknowledgement. */
  readonly toAcknowledge: number;
  /** Everybody in it but the person. */
  readonly others: readonly string[];
}

export type Threads = Readonly<Record<ThreadGroup, readonly Thread[]>>;

export const NO_THREADS: Threads = { acknowledge: [], unread: [], recent: [] };

/**
 * The threads of what the person was sent, and of what waits for somebody's acknowledgement. Those that wait for the person
 * come first, then the latest. A thread, and a group, in which nothing has changed is the same object as before.
 */
export function threadsOf(
  before: Threads,
  inbox: readonly Message[],
  open: readonly Message[],
  me: string | undefined,
): Threads {
  const byId = new Map([...open, ...inbox].map((message) => [message.message_id, message]));
  const byThread = new Map<string, Message[]>();
  for (const message of byId.values()) {
    const thread = byThread.get(message.thread_id);
    if (thread) {
      thread.push(message);
    } else {
      byThread.set(message.thread_id, [message]);
    }
  }
  const known = new Map(THREAD_GROUPS.flatMap((group) => before[group]).map((thread) => [thread.key, thread]));
  const threads = [...byThread].map(([key, messages]) => threadOf(known.get(key), key, messages, me));
  const at = new Map(threads.map((thread) => [thread, instant(thread.latest.created_at)]));
  const order = (left: Thread, right: Thread) =>
    Number(right.toAcknowledge > 0) - Number(left.toAcknowledge > 0) ||
    (at.get(right) ?? 0) - (at.get(left) ?? 0) ||
    (left.key < right.key ? -1 : 1);
  const grouped = (group: ThreadGroup) =>
    kept(before[group], threads.filter((thread) => thread.group === group).sort(order));
  return { acknowledge: grouped('acknowledge'), unread: grouped('unread'), recent: grouped('recent') };
}

function threadOf(known: Thread | undefined, key: string, all: Message[], me: string | undefined): Thread {
  const messages = all.length > 1 ? all.sort(oldestFirst) : all;
  const mine = messages.filter(({ to_agent }) => to_agent === me);
  const waiting = mine.filter(isUnackedRequired);
  const unread = mine.filter(({ state }) => state === 'unread').length;
  const others = [...new Set(messages.flatMap(({ from_agent, to_agent }) => [from_agent, to_agent]))];
  const latest = messages.at(-1) as Message;
  const thread: Thread = {
    key,
    group: messages.some(isUnackedRequired) ? 'acknowledge' : unread > 0 ? 'unread' : 'recent',
    messages,
    latest,
    foremost: waiting[0] ?? latest,
    unread,
    toAcknowledge: waiting.length,
    others: others.filter((id) => id !== me),
  };
  const isSame =
    known !== undefined &&
    known.toAcknowledge === thread.toAcknowledge &&
    known.unread === unread &&
    known.others.length === thread.others.length &&
    kept(known.messages, messages) === known.messages;
  return isSame ? known : thread;
}

function kept<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return before.length === after.length && after.every((one, index) => one === before[index]) ? before : after;
}

function oldestFirst(left: Message, right: Message): number {
  return instant(left.created_at) - instant(right.created_at) || (left.message_id < right.message_id ? -1 : 1);
}

/** What of the threads has changed its look: groups in which some came, went or moved, and threads of the other groups. */
export function changedThreads(
  before: Threads,
  after: Threads,
): { readonly groups: readonly ThreadGroup[]; readonly threads: readonly Thread[] } {
  const groups: ThreadGroup[] = [];
  const threads: Thread[] = [];
  for (const group of THREAD_GROUPS) {
    const [old, now] = [before[group], after[group]];
    if (old.length === now.length && now.every((thread, index) => thread.key === old[index]?.key)) {
      threads.push(...now.filter((thread, index) => thread !== old[index]));
    } else {
      groups.push(group);
    }
  }
  return { groups, threads };
}

/** The subject of an answer: "Re:" once, however often it goes back and forth. */
export function replySubject(subject: string): string {
  return `Re: ${subject.replace(/^(?:\s*re:\s*)+/i, '')}`;
}
