/**
 * The store as this window sees it: read again after every change on disk, and looked at anew when time alone changes
 * what there is to see. Reading never writes.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Coordination } from '../coordination/coordination';
import { type Look, lookAt } from '../core/look';
import { NOTHING_READ, type Overview, type Snapshot } from '../core/overview';
import { FileReader } from '../store/files/fileReader';
import { asProblem, type StoreProblem } from '../store/problem';
import type { StorePart, Watching } from '../store/store';
import { lazyOperations } from './lazyOperations';
import { tellProblem } from './notify';
import { configuredAgent, expiredHours, storeRoot } from './settings';
import { EVERYTHING, type Found, readParts } from './storeReading';

/** Events of one burst are read together. */
const COALESCE_MS = 25;
/** A writer that is not atomic (beadboard's messages, an editor) may be caught half-way: look again before alarming. */
const SECOND_LOOK_MS = 75;
/** The longest that a timer can be told to wait; a later moment is waited for in pieces. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

export type StoreState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'noStore' }
  | { readonly kind: 'unreadable'; readonly problem: StoreProblem }
  /** What is wrong, but could be got round, is among the problems. */
  | { readonly kind: 'readable'; readonly problems: readonly StoreProblem[] };

export class LiveStore implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when anything that is shown has changed. */
  readonly onDidChange = this.changed.event;

  private store = new FileReader(storeRoot());
  private watching: Watching;
  private operations: Coordination;
  private current: StoreState = { kind: 'loading' };
  private read: Snapshot = NOTHING_READ;
  private found: Found | undefined;
  private last: Look = lookAt(undefined, NOTHING_READ, this.options(), new Date());
  private shownKey = '';

  private burst: NodeJS.Timeout | undefined;
  private changedParts = new Set<StorePart>();
  private due: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();
  private readonly reported = new Set<string>();
  private disposed = false;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.operations = this.coordinate();
    this.watching = this.watch();
  }

  /** The folder of the store. */
  get location(): string {
    return this.store.location;
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

  /** The operations on the store; each makes what it changed visible before it answers. */
  get coordination(): Coordination {
    return this.operations;
  }

  /** Reads again what may have changed, everything unless told. Resolves when what is on disk now is shown. */
  refresh(parts: ReadonlySet<StorePart> = EVERYTHING): Promise<void> {
    this.reading = this.reading.then(() => this.readAgain(parts));
    return this.reading;
  }

  /** Follows the settings: another folder, another agent, another window of expired ones. */
  async reconfigure(): Promise<void> {
    if (storeRoot() !== this.store.location) {
      this.watching.dispose();
      this.store = new FileReader(storeRoot());
      this.operations = this.coordinate();
      this.watching = this.watch();
      this.current = { kind: 'loading' };
    }
    await this.refresh();
  }

  /** Looks at what was read with the clock of now. */
  look(): void {
    if (this.disposed) {
      return;
    }
    const now = new Date();
    const before = this.overview;
    this.last = lookAt(this.last, this.read, this.options(), now);
    this.awaitNextChange(now);
    const problems = problemsOf(this.current).map(({ message }) => message);
    const key = JSON.stringify([this.current.kind, problems, this.store.location, this.options()]);
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
    this.changed.dispose();
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

  private coordinate(): Coordination {
    const options = { onNotice: (notice: StoreProblem) => this.onNotice(notice) };
    return lazyOperations(this.store.location, options, () => this.refresh());
  }

  private watch(): Watching {
    this.log.info(`Store: ${this.store.location}`);
    return this.store.watch((parts) => this.onStoreChange(parts));
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
      void this.refresh(changed);
    }, COALESCE_MS);
  }

  private async readAgain(parts: ReadonlySet<StorePart>): Promise<void> {
    const { store } = this;
    try {
      const first = await readParts(store, parts, this.found).catch(() => undefined);
      const found = first && this.knows(first.toMend) ? first : await this.secondLook(store);
      this.current = found.snapshot ? { kind: 'readable', problems: found.toMend } : { kind: 'noStore' };
      this.read = found.snapshot ?? NOTHING_READ;
      this.found = found;
      for (const problem of found.problems) {
        this.report(problem);
      }
    } catch (error) {
      const problem = asProblem(error, store.location, 'read');
      this.report(problem);
      this.current = { kind: 'unreadable', problem };
      this.read = NOTHING_READ;
      this.found = undefined;
    }
    this.look();
  }

  /** Whether what is to be mended has been told before: only what is new may be a writer caught half-way. */
  private knows(toMend: readonly StoreProblem[]): boolean {
    const known = new Set(problemsOf(this.current).map(({ message }) => message));
    return toMend.every(({ message }) => known.has(message));
  }

  private async secondLook(store: FileReader): Promise<Found> {
    await sleep(SECOND_LOOK_MS);
    return await readParts(store, EVERYTHING);
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

/** Lists in which nothing has changed are the same objects. */
function looksTheSame(before: Overview, after: Overview): boolean {
  return before.active === after.active && before.expired === after.expired && before.messages === after.messages;
}
