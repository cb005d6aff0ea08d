/** What a verb of the command line is, and what it is given. */

import type { Coordination } from '../coordination/coordination';
import type { CommandName, Envelope } from '../core/envelope';
import type { Here } from '../project/place';
import type { Server } from '../store/postgres/server';
import type { Page } from './page';

export interface Option {
  /** What its value is called in the help; an option without one is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: true;
  readonly help: string;
}

/** The options that were given, by the names that the verb has for them. */
export interface Given {
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  isSet(name: string): boolean;
  /** A whole number; any other text as it is, so that the rule which wants a number says what is wrong with it. */
  number(name: string): number | undefined;
  /** Who acts: the option, else BB_AGENT. @throws UsageError where neither says */
  actor(name?: string): string;
  /** What follows the options. */
  readonly rest: readonly string[];
}

export interface Surroundings {
  readonly coordination: Coordination;
  /** Where the store is one on a server: what only a server can do. */
  readonly server: Server | undefined;
  /**
   * The project and worktree that are meant; found only where a verb needs them. A folder that is none is refused, unless it
   * may be gone: what was reserved there can still be looked at and released.
   */
  here(mayBeGone?: boolean): Promise<Here>;
  /** BB_AGENT, where it says who is acting. */
  readonly agent: string | undefined;
  readonly page: Page;
  readonly env: NodeJS.ProcessEnv;
  /** The folder that the call is made in. */
  readonly cwd: string;
  /** The launcher of this very installation of the command, where it has one. */
  readonly launcher: string | undefined;
  /** All of standard input, read at once where nothing else is to happen meanwhile. */
  input(mayBlock?: boolean): Promise<string>;
  /** Writes to standard output at once: for what goes on until it is interrupted. */
  readonly out: (text: string) => void;
  /** Writes to standard error, and resolves when it has left this process. */
  warn(text: string): Promise<void>;
  /** Writes a line of what went wrong beside the answer to standard error. */
  readonly log: (message: string) => void;
  /** Resolves when the person interrupts, or nobody reads any more. */
  interrupted(): Promise<void>;
}

/** What a verb has to say: the envelope, and the same in lines for a person. */
export interface Told {
  readonly envelope: Envelope<unknown>;
  readonly lines: () => readonly string[];
  /** Whether it has been written already. */
  readonly isWritten?: boolean;
  /** Whether it failed though the operation was done: a repair that could not be made. */
  readonly hasFailed?: boolean;
  /** What the process ends with, where the envelope does not tell. */
  readonly exitCode?: number;
}

export interface Verb {
  readonly name: string;
  /** What its envelope is called. */
  readonly command: CommandName;
  /** One line. */
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** What may follow the options, for the help; nothing may where it is left out. */
  readonly rest?: string;
  /** What more there is to know, in lines. */
  readonly notes?: readonly string[];
  /** Whether it is called even where the store cannot be opened: whatever it cannot look up then goes on. */
  readonly worksWithoutStore?: true;
  /** Whether what is asked is about all of a server, so that no namespace has to be named. */
  readonly isOfWholeServer?: (given: Given) => boolean;
  /** Without the command's own name. */
  readonly example: string;
  run(given: Given, surroundings: Surroundings): Promise<Told>;
}

/** A call that cannot be understood: exit code 2. */
export class UsageError extends Error {}

export function told<T>(envelope: Envelope<T>, lines: (data: T) => readonly string[]): Told {
  return { envelope, lines: () => (envelope.ok ? lines(envelope.data) : []) };
}
