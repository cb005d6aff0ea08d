/** The threads that concern the person: read only while somebody can see them, and only when a message has changed. */

import * as vscode from 'vscode';
import type { Message } from '../../core/message';
import { NO_THREADS, type Threads, threadsOf } from '../../core/threads';
import { asProblem, type StoreProblem } from '../../store/problem';
import { inBackground, type OnFailure } from '../../util/background';
import type { LiveStore } from '../liveStore';
import { configuredAgent } from '../settings';

export class Letters implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when a thread, or what cannot be read, looks different. */
  readonly onDidChange = this.changed.event;
  private readonly disposables: readonly vscode.Disposable[];
  private current: Threads = NO_THREADS;
  private unreadable: readonly StoreProblem[] = [];
  private known = new Map<string, Message>();
  private isWanted = false;
  private isStale = true;
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly live: LiveStore,
    private readonly onFailure: OnFailure,
  ) {
    this.disposables = [this.changed, live.onDidReadMessages(() => this.follow())];
  }

  get threads(): Threads {
    return this.current;
  }

  /** What of the messages cannot be read; where it is one message, its id is in the facts. */
  get problems(): readonly StoreProblem[] {
    return this.unreadable;
  }

  /** From now on, whether somebody can see them. Resolves when what there is now is known. */
  want(isWanted: boolean): Promise<void> {
    this.isWanted = isWanted;
    return this.read();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private follow(): void {
    this.isStale = true;
    inBackground(this.read(), this.onFailure);
  }

  private read(): Promise<void> {
    // One reading that failed is no reason for the next to fail.
    this.reading = this.reading.catch(() => undefined).then(() => this.readAgain());
    return this.reading;
  }

  private async readAgain(): Promise<void> {
    if (!this.isWanted || !this.isStale) {
      return;
    }
    this.isStale = false;
    const { live } = this;
    const me = configuredAgent();
    const isReadable = live.state.kind === 'readable';
    try {
      const found = me && isReadable ? await live.readLetters(me) : { records: [], problems: [] };
      this.show(found.records, found.problems, me);
    } catch (error) {
      this.show([...this.known.values()], [asProblem(error, live.location, 'read')], me);
    }
  }

  private show(records: readonly Message[], problems: readonly StoreProblem[], me: string | undefined): void {
    const inbox = records.map((message) => asBefore(this.known.get(message.message_id), message));
    this.known = new Map(inbox.map((message) => [message.message_id, message]));
    const open = this.live.overview.messages.map(({ message }) => message);
    const before = this.current;
    this.current = threadsOf(before, inbox, open, me);
    // What is said of both is taken from the letters, where the subject is known.
    const all = [...this.live.messageProblems, ...problems].filter(({ kind }) => kind !== 'STORE_UNREACHABLE');
    const unreadable = [...new Map(all.map((problem) => [`${problem.path}\n${problem.message}`, problem])).values()];
    const isAsUnreadable = textOf(unreadable) === textOf(this.unreadable);
    const isSame =
      isAsUnreadable &&
      before.acknowledge === this.current.acknowledge &&
      before.unread === this.current.unread &&
      before.recent === this.current.recent;
    this.unreadable = isAsUnreadable ? this.unreadable : unreadable;
    if (!isSame) {
      this.changed.fire();
    }
  }
}

/** Of a message only its marks change: a store that reads it anew each time makes another object of the same. */
function asBefore(before: Message | undefined, now: Message): Message {
  const isSame =
    before?.state === now.state &&
    before.read_at === now.read_at &&
    before.acked_at === now.acked_at &&
    before.thread_id === now.thread_id;
  return isSame ? before : now;
}

function textOf(problems: readonly StoreProblem[]): string {
  return problems.map(({ message }) => message).join('\n');
}
