/**
 * The store as this window sees it: read again after every change of it, and looked at anew when time alone changes
 * what there is to see. Reading never writes.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Coordination } from '../coordination/coordination';
import { type Look, lookAt } from '../core/look';
import type { Message } from '../core/message';
import { NOTHING_READ, type Overview, type Snapshot } from '../core/overview';
import { asProblem, type StoreProblem } from '../store/problem';
import type { Records, StorePart, Watching } from '../store/store';
import { inBackground } from '../util/background';
import { failuresTo } from './failures';
import { tellProblem } from './notify';
import { configuredAgent, expiredHours } from './settings';
import { EVERYTHING, type Found, readParts } from './storeReading';
import type { WindowStore, WindowStoreOptions } from './windowStore';

/** Events of one burst are read together. */
const COALESCE_MS = 25;
/** A writer that is not atomic (beadboard's messages, an editor) may be caught half-way: look again before alarming. */
const SECOND_LOOK_MS = 75;
/** So often a server is asked again that did not let us read: nobody tells that it has changed its mind. */
const ASK_AGAIN_MS = 5_000;
/** The longest that a timer can be told to wait; a later moment is waited for in pieces. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

export type StoreState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'noStore' }
  | { readonly kind: 'unreadable'; readonly problem: StoreProblem }
  /** What is wrong, but could be got round, is among the problems. */
  | {
      readonly kind: 'readable';
      readonly problems: readonly StoreProblem[];
      /** What is shown is what was read last, since the server cannot be reached. */
      readonly outOfDate?: StoreProblem | undefined;
    };

/** Which store the settings name, and how it is opened. */
export interface StoreSource {
  /** Another text means another store. */
  key(): string;
  open(options: WindowStoreOptions): WindowStore;
}

export class LiveStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when anything that is shown has changed. */
  readonly onDidChange = this.changed.event;

  private readonly messagesRead = new vscode.EventEmitter<void>();
  /** Fires when any message may have changed, whether it is part of the overview or not. */
  readonly onDidReadMessages = this.messagesRead.event;

  private readonly reservationsRead = new vscode.EventEmitter<void>();
  /** Fires when reservations were read again, also where nothing that the view shows has changed by it. */
  readonly onDidReadReservations = this.reservationsRead.event;

  private store: WindowStore;
  private storeKey: string;
  private watching: Watching;
  private current: StoreState = { kind: 'loading' };
  private read: Snapshot = NOTHING_READ;
  private found: Found | undefined;
  private last: Look = lookAt(undefined, NOTHING_READ, this.options(), new Date());
  private shownKey = '';

  private burst: NodeJS.Timeout | undefined;
  private changedParts = new Set<StorePart>();
  private due: NodeJS.Timeout | undefined;
  private askAgain: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();
  private readonly reported = new Set<string>();
  private disposed = false;

  constructor(
    private readonly log: vscode.LogOutputChannel,
    private readonly source: StoreSource,
  ) {
    this.storeKey = source.key();
    this.store = this.open();
    this.watching = this.watch();
  }

  /** Where the store is, in words for a person: a folder, or a server without user and password. */
  get location(): string {
    return this.store.reader.location;
  }

  get kind(): WindowStore['kind'] {
    return this.store.kind;
  }

  /** The clock by which leases end, as far as it is known: on a server it is the server's. */
  now(): Date {
    return this.store.now();
  }

  get state(): StoreState {
    return this.current;
  }

  get overview(): Overview {
    return this.last.overview;
  }

  get snapshot(): Snapshot {
    return this.read;
  }

  /** What is wrong with messages, whoever they are for. */
  get messageProblems(): readonly StoreProblem[] {
    return this.found?.unacked?.problems ?? [];
  }

  /** The messages to an agent as they are now; for as long as the server is out of reach as they were. @throws StoreProblem */
  readLetters(agent: string): Promise<Records<Message>> {
    return this.store.reader.readLetters(agent);
  }

  /** The operations on the store; each makes what it changed visible before it answers. */
  get coordination(): Coordination {
    return this.store.coordination;
  }

  /** Reads again what may have changed, everything unless told. Resolves when what is on disk now is shown. */
  refresh(parts: ReadonlySet<StorePart> = EVERYTHING): Promise<void> {
    // One reading that failed is no reason for the next to fail.
    this.reading = this.reading.catch(() => undefined).then(() => this.readAgain(parts));
    return this.reading;
  }

  /** Reads again, and tries even what was refused. */
  retry(): Promise<void> {
    this.store.retry();
    return this.refresh();
  }

  /** Follows the settings: another store, another agent, another window of expired ones. */
  async reconfigure(): Promise<void> {
    const key = this.source.key();
    if (key !== this.storeKey) {
      this.storeKey = key;
      this.watching.dispose();
      this.store.dispose();
      this.store = this.open();
      this.watching = this.watch();
      this.current = { kind: 'loading' };
      this.read = NOTHING_READ;
      // What is still being read of the one before may take its time, and is of no use.
      this.reading = Promise.resolve();
      this.look();
    }
    await this.refresh();
  }

  /** Looks at what was read with the clock of now. */
  look(): void {
    if (this.disposed) {
      return;
    }
    const now = this.now();
    const before = this.overview;
    this.last = lookAt(this.last, this.read, this.options(), now);
    this.awaitNextChange(now);
    const problems = problemsOf(this.current).map(({ message }) => message);
    const outOfDate = outOfDateOf(this.current)?.message;
    const key = JSON.stringify([this.current.kind, problems, outOfDate, this.location, this.options()]);
    if (key !== this.shownKey || !looksTheSame(before, this.overview)) {
      this.shownKey = key;
      this.changed.fire();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.watching.dispose();
    clearTimeout(this.burst);
    clearTimeout(this.due);
    clearTimeout(this.askAgain);
    this.store.dispose();
    this.changed.dispose();
    this.messagesRead.dispose();
    this.reservationsRead.dispose();
  }

  /** What a commit of this window set right. A file that was put aside is the person's to look at. */
  private onNotice(notice: StoreProblem): void {
    this.log.warn(notice.message);
    if (notice.kind === 'PUT_ASIDE') {
      tellProblem(notice);
    }
  }

  private options() {
    return { me: configuredAgent(), expiredHours: expiredHours() };
  }

  private open(): WindowStore {
    return this.source.open({
      onNotice: (notice) => this.onNotice(notice),
      onFailure: failuresTo(this.log),
      changed: () => this.refresh(),
    });
  }

  private watch(): Watching {
    this.log.info(`Store: ${this.location}`);
    return this.store.reader.watch((parts) => this.onStoreChange(parts));
  }

  private onStoreChange(parts: ReadonlySet<StorePart>): void {
    // Nothing of an agent's file is shown: a heartbeat every second must cost nothing.
    const matters = parts.has('reservations') || parts.has('messages') || this.current.kind !== 'readable';
    if (!matters || this.disposed) {
      return;
    }
    for (const part of parts) {
      this.changedParts.add(part);
    }
    this.burst ??= setTimeout(() => {
      this.burst = undefined;
      const changed = this.changedParts;
      this.changedParts = new Set();
      inBackground(this.refresh(changed), failuresTo(this.log));
    }, COALESCE_MS);
  }

  private async readAgain(parts: ReadonlySet<StorePart>): Promise<void> {
    const { store } = this;
    try {
      const now = () => store.now();
      const first = await readParts(store.reader, parts, now, this.found).catch(() => undefined);
      const found = first && this.knows(first.toMend) ? first : await this.secondLook(store);
      if (store !== this.store || this.disposed) {
        return;
      }
      this.current = found.snapshot
        ? { kind: 'readable', problems: found.toMend, outOfDate: found.outOfDate }
        : { kind: 'noStore' };
      this.read = found.snapshot ?? NOTHING_READ;
      this.found = found;
      for (const problem of found.outOfDate ? [...found.problems, found.outOfDate] : found.problems) {
        this.report(problem);
      }
    } catch (error) {
      if (store !== this.store || this.disposed) {
        return;
      }
      const problem = asProblem(error, this.location, 'read');
      this.report(problem);
      this.current = { kind: 'unreadable', problem };
      this.read = NOTHING_READ;
      this.found = undefined;
    }
    this.awaitServer();
    this.look();
    if (parts.has('messages')) {
      this.messagesRead.fire();
    }
    if (parts.has('reservations')) {
      this.reservationsRead.fire();
    }
  }

  private awaitServer(): void {
    clearTimeout(this.askAgain);
    const isOut = this.current.kind === 'unreadable' || outOfDateOf(this.current);
    if (this.kind === 'postgres' && isOut) {
      this.askAgain = setTimeout(() => inBackground(this.refresh(), failuresTo(this.log)), ASK_AGAIN_MS);
    }
  }

  /** Whether what is to be mended has been told before: only what is new may be a writer caught half-way. */
  private knows(toMend: readonly StoreProblem[]): boolean {
    const known = new Set(problemsOf(this.current).map(({ message }) => message));
    return toMend.every(({ message }) => known.has(message));
  }

  private async secondLook(store: WindowStore): Promise<Found> {
    if (store.kind === 'files') {
      await sleep(SECOND_LOOK_MS);
    }
    return await readParts(store.reader, EVERYTHING, () => store.now());
  }

  /** Once for each problem: a file that stays unreadable must not fill the log. */
  private report(problem: StoreProblem): void {
    if (!this.reported.has(problem.message)) {
      this.reported.add(problem.message);
      this.log.warn(problem.message);
    }
  }

  private awaitNextChange(now: Date): void {
    clearTimeout(this.due);
    const { nextChange } = this.overview;
    if (nextChange !== undefined) {
      this.due = setTimeout(() => this.look(), Math.min(nextChange - now.getTime(), LONGEST_TIMER_MS));
    }
  }
}

function problemsOf(state: StoreState): readonly StoreProblem[] {
  switch (state.kind) {
    case 'unreadable':
      return [state.problem];
    case 'readable':
      return state.problems;
    default:
      return [];
  }
}

/** Why what is shown is not of now, where it is not. */
export function outOfDateOf(state: StoreState): StoreProblem | undefined {
  return state.kind === 'readable' ? state.outOfDate : undefined;
}

/** Lists in which nothing has changed are the same objects. */
function looksTheSame(before: Overview, after: Overview): boolean {
  return before.active === after.active && before.expired === after.expired && before.messages === after.messages;
}
