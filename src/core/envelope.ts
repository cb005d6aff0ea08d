/**
 * The answer that every operation gives, on every surface, in the words of beadboard's `bb agent`.
 *
 * Rules decide with an {@link Outcome}; coordination puts the command's name on it and makes it an {@link Envelope}.
 */

/** The codes that a caller may branch on. `INTERNAL_ERROR` carries the cause in `details`. */
export const ERROR_CODES = [
  'AGENT_NOT_FOUND',
  'INVALID_ARGS',
  'RESERVATION_CONFLICT',
  'RESERVATION_STALE_FOUND',
  'RESERVATION_NOT_FOUND',
  'RELEASE_FORBIDDEN',
  'RENEW_FORBIDDEN',
  'INVALID_AGENT_ID',
  'INVALID_ROLE',
  'DUPLICATE_AGENT_ID',
  'UNKNOWN_SENDER',
  'UNKNOWN_RECIPIENT',
  'MISSING_BEAD_ID',
  'INVALID_CATEGORY',
  'INVALID_MESSAGE',
  'INVALID_STATE',
  'INVALID_LIMIT',
  'MESSAGE_NOT_FOUND',
  'INVALID_MESSAGE_ID',
  'READ_FORBIDDEN',
  'ACK_FORBIDDEN',
  // A file of another program, such as a tool's settings or git's, is not as it must be.
  'INVALID_SETTINGS',
  'INTERNAL_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export const COMMAND_NAMES = [
  'agent register',
  'agent list',
  'agent show',
  'agent heartbeat',
  // What beadboard calls the same.
  'agent activity-lease',
  'agent reserve',
  'agent release',
  'agent renew',
  'agent check',
  'agent request',
  'agent force-release',
  'agent status',
  'agent history',
  'agent watch',
  'agent timeline',
  'agent send',
  'agent inbox',
  'agent read',
  'agent ack',
  'agent doctor',
  'agent mcp',
  'agent hooks',
  'agent guard',
  'agent postgres',
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

export interface ErrorBody {
  readonly code: ErrorCode;
  /** English, one or two sentences: what was wrong, by name, and the next step. */
  readonly message: string;
  /** Facts for programs; the keys belong to the code. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export type Outcome<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: ErrorBody };

export interface Success<T> {
  readonly ok: true;
  readonly command: CommandName;
  readonly data: T;
  readonly error: null;
}

export interface Failure {
  readonly ok: false;
  readonly command: CommandName;
  readonly data: null;
  readonly error: ErrorBody;
}

export type Envelope<T> = Success<T> | Failure;

/** A rule's favourable answer. */
export function granted<T>(data: T): Outcome<T> {
  return { ok: true, data };
}

/** A rule's refusal. Leave `details` out where there are none, so that the JSON has no empty key. */
export function refused(code: ErrorCode, message: string, details?: Readonly<Record<string, unknown>>): Outcome<never> {
  return { ok: false, error: details === undefined ? { code, message } : { code, message, details } };
}

/** Puts the command's name on an outcome. */
export function envelope<T>(command: CommandName, outcome: Outcome<T>): Envelope<T> {
  return outcome.ok
    ? { ok: true, command, data: outcome.data, error: null }
    : { ok: false, command, data: null, error: outcome.error };
}
