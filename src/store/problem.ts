/** What can be wrong with a store, named so that every surface can say the same thing about it. */

export const PROBLEM_KINDS = [
  /** The file has no content at all. */
  'EMPTY_FILE',
  /** The file starts with a byte order mark, which beadboard cannot read either. */
  'BYTE_ORDER_MARK',
  /** The file is truncated, or was never JSON. */
  'NOT_JSON',
  /** It is JSON, but not what this file holds. */
  'WRONG_SHAPE',
  /** One entry of it lacks a field or has a wrong one. */
  'BAD_ENTRY',
  /** A file is not there that another one says is. */
  'MISSING_FILE',
  /** The file is larger than anybody's work makes it. */
  'TOO_LARGE',
  /** The operating system does not let us read or write it. */
  'ACCESS_DENIED',
  /** A file stands where a folder should, or the other way round. */
  'NOT_A_FOLDER',
  /** A symbolic link stands where the store has a file or folder of its own: nothing is written through it. */
  'SYMBOLIC_LINK',
  /** Any other failure of the disk or the system. */
  'IO_ERROR',
  /** Another process holds the lock and did not let go in time. */
  'STORE_LOCKED',
  /** The lock went away while we held it: nothing was written. */
  'LOCK_LOST',
  /** A file that could not be understood was put aside, and the last good copy is used. */
  'PUT_ASIDE',
  /** A rewrite by another program lost or revived a reservation; that has been undone, or told where it cannot be. */
  'FOREIGN_REWRITE',
] as const;

/** What can be wrong with a store on a server, besides ACCESS_DENIED, IO_ERROR, BAD_ENTRY and STORE_LOCKED. */
export const SERVER_PROBLEM_KINDS = [
  /** The server does not answer. Nothing was changed; or what is shown is what was read before. */
  'STORE_UNREACHABLE',
  /** The connection was lost while a change was committed, and whether it was made could not be found out. */
  'OUTCOME_UNKNOWN',
  /** The server's tables are older than this program, or not there yet. */
  'SCHEMA_TOO_OLD',
  /** The server's tables are newer than this program. */
  'SCHEMA_TOO_NEW',
  /** What names the server, or the namespace on it, is wrong. */
  'INVALID_CONNECTION',
  /** The connection would be open to whoever listens, or the server does not prove who it is. */
  'INSECURE_CONNECTION',
  /** A text holds what the server cannot keep: a NUL, or half of a surrogate pair. */
  'INVALID_TEXT',
  /** The server refused a second active reservation of one scope, which some client's fault asked for. */
  'DUPLICATE_SCOPE',
] as const;

export type ProblemKind = (typeof PROBLEM_KINDS)[number] | (typeof SERVER_PROBLEM_KINDS)[number];

/** A failure of the store itself, as opposed to a rule's refusal. Its message says what, where, and the next step. */
export class StoreProblem extends Error {
  /** By name: what is loaded later (the doctor) is a bundle with its own copy of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'StoreProblem';
  }

  readonly kind: ProblemKind;
  /** The file or folder that is wrong, or the server. */
  readonly path: string;
  /** More facts for programs: holder and age of a lock, index and field of an entry. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    kind: ProblemKind,
    path: string,
    message: string,
    options: { facts?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'StoreProblem';
    this.kind = kind;
    this.path = path;
    this.facts = options.facts ?? {};
  }
}

/** What makes a file as a whole impossible to understand, as opposed to impossible to reach. */
const NOT_UNDERSTOOD: readonly ProblemKind[] = ['EMPTY_FILE', 'BYTE_ORDER_MARK', 'NOT_JSON', 'WRONG_SHAPE'];

/** Whether the file was read, and cannot be understood as a whole. */
export function isNotUnderstood(problem: StoreProblem | undefined): boolean {
  return problem !== undefined && NOT_UNDERSTOOD.includes(problem.kind);
}

/** The problem that an error of the file system amounts to. A {@link StoreProblem} is passed on as it is. */
export function asProblem(error: unknown, path: string, doing: string): StoreProblem {
  if (error instanceof StoreProblem) {
    return error;
  }
  const { code, message } = error as NodeJS.ErrnoException;
  const kind = kindOf(code);
  const facts = code === undefined ? {} : { errno: code };
  return new StoreProblem(kind, path, `Could not ${doing} ${path}: ${message}. ${NEXT_STEP[kind]}`, {
    facts,
    cause: error,
  });
}

export function linkInPlace(path: string): StoreProblem {
  return new StoreProblem(
    'SYMBOLIC_LINK',
    path,
    `${path} is a symbolic link, and the store writes through none. Put what it leads to in its place.`,
  );
}

/** Something that is neither file nor folder: reading a pipe would wait for ever, and a device may never end. */
export function notAFile(path: string): StoreProblem {
  return new StoreProblem('WRONG_SHAPE', path, `${path} is not a regular file. Move it away.`);
}

/** The system's error code, such as ENOENT, or undefined for an error of another kind. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

type SystemProblem = 'ACCESS_DENIED' | 'NOT_A_FOLDER' | 'IO_ERROR';

const NEXT_STEP: Record<SystemProblem, string> = {
  ACCESS_DENIED: 'Give your user access to it.',
  NOT_A_FOLDER: 'Move away what stands in its place.',
  IO_ERROR: 'Check the disk, then try again.',
};

function kindOf(code: string | undefined): SystemProblem {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'ACCESS_DENIED';
    case 'ENOTDIR':
    case 'EISDIR':
    // What mkdir says of a file in the folder's place; nothing else of ours meets a name that is taken.
    case 'EEXIST':
      return 'NOT_A_FOLDER';
    default:
      return 'IO_ERROR';
  }
}
