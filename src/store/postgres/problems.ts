/** What a server's errors amount to, in words that say what to do. None of them has the password. */

import { StoreProblem } from '../problem';
import { type Address, placeOf } from './address';
import { SCHEMA_VERSION } from './migrations';

export const MIGRATE = 'agent-reservations postgres migrate';

/** SQLSTATE, where the server has spoken; else the system's code, if any. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** Whether the server itself has said so: what it has answered, it has also done or not done. */
export function isAnswer(error: unknown): boolean {
  return error instanceof Error && 'severity' in error && /^[0-9A-Z]{5}$/.test(codeOf(error) ?? '');
}

/** Whether the connection is of no use any more, or never came about. */
export function isConnectionLost(error: unknown): boolean {
  // 57P: the server shuts down, has crashed, or cannot take anybody yet; 25P03: this session was idle for too long.
  return !isAnswer(error) || /^(?:08|57P0[1-5]|25P03|53300)/.test(codeOf(error) ?? '');
}

/** Whether another transaction was in the way, so that the same may well succeed at once. */
export function isWorthRepeating(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error) ?? '');
}

export function unreachable(address: Address, cause: unknown, facts: Record<string, unknown> = {}): StoreProblem {
  const { host, port } = address;
  const reason = messageOf(cause);
  return new StoreProblem(
    'STORE_UNREACHABLE',
    placeOf(address),
    `The server ${host}:${port} cannot be reached: ${reason}. Nothing was changed. Check that it runs and that this machine ` +
      'may connect to it, then try again.',
    { facts: { host, port, reason, ...facts }, cause },
  );
}

/** All connections of this process are at work, and none came free in time. */
export function noneFree(address: Address, count: number, cause: unknown): StoreProblem {
  const { host, port } = address;
  return new StoreProblem(
    'STORE_UNREACHABLE',
    placeOf(address),
    `None of the ${count} connections to ${host}:${port} was free in time: each waits for the server. Nothing was changed. Try ` +
      'again; if it lasts, look in pg_stat_activity what they wait for.',
    { facts: { host, port, reason: messageOf(cause), connections: count }, cause },
  );
}

/** Why no connection came about: the way to the server, its certificate, or a password that is not there. */
export function notConnected(error: unknown, address: Address): StoreProblem {
  const { host, port } = address;
  const place = placeOf(address);
  const reason = messageOf(error);
  const facts = { host, port, reason };
  if (/certificate|CERT_|does not support SSL/i.test(`${codeOf(error)} ${reason}`)) {
    return new StoreProblem(
      'INSECURE_CONNECTION',
      place,
      `${host}:${port} does not prove who it is: ${reason}. Nothing was sent to it. Name the file of the authority that vouches ` +
        'for its certificate with sslrootcert=FILE, or give it a certificate of that host.',
      { facts, cause: error },
    );
  }
  if (/password must be/.test(reason)) {
    return new StoreProblem(
      'ACCESS_DENIED',
      place,
      `${place} asks for a password, and there is none: give it in the address, in PGPASSWORD or in the file .pgpass.`,
      { facts, cause: error },
    );
  }
  return isConnectionLost(error) ? unreachable(address, error) : asServerProblem(error, address);
}

/** What was last read is shown still. */
export function outOfDate(problem: StoreProblem, since: Date): StoreProblem {
  const [reason = ''] = problem.message.split(' Nothing was changed.');
  return new StoreProblem(
    problem.kind,
    problem.path,
    `${reason} What is shown was read at ${since.toISOString()} and may have changed since.`,
    { facts: { ...problem.facts, since: since.toISOString() }, cause: problem },
  );
}

export function outcomeUnknown(address: Address, cause: unknown): StoreProblem {
  return new StoreProblem(
    'OUTCOME_UNKNOWN',
    placeOf(address),
    `The connection to ${address.host}:${address.port} was lost while a change was committed, and whether it was made could ` +
      'not be found out. Look before you try again: agent-reservations status.',
    { facts: { host: address.host, port: address.port, reason: messageOf(cause) }, cause },
  );
}

export function schemaTooOld(address: Address, found: number): StoreProblem {
  return new StoreProblem(
    'SCHEMA_TOO_OLD',
    placeOf(address),
    found === 0
      ? `${placeOf(address)} holds no reservations yet. Prepare it: ${MIGRATE}.`
      : `The tables of ${placeOf(address)} are of version ${found}; this program needs ${SCHEMA_VERSION}. Run: ${MIGRATE}.`,
    { facts: { found, needed: SCHEMA_VERSION } },
  );
}

export function schemaTooNew(address: Address, found: number): StoreProblem {
  return new StoreProblem(
    'SCHEMA_TOO_NEW',
    placeOf(address),
    `The tables of ${placeOf(address)} are of version ${found}, and this program knows ${SCHEMA_VERSION} at most. Update ` +
      'Agent Reservations on this machine.',
    { facts: { found, known: SCHEMA_VERSION } },
  );
}

/**
 * The problem that an error of the server or of the way to it amounts to. A {@link StoreProblem} is passed on as it is.
 */
export function asServerProblem(error: unknown, address: Address): StoreProblem {
  if (error instanceof StoreProblem) {
    return error;
  }
  if (isConnectionLost(error)) {
    return unreachable(address, error);
  }
  const place = placeOf(address);
  const code = codeOf(error) ?? '';
  const reason = messageOf(error);
  const facts = { sqlState: code, reason };
  const told = (kind: ConstructorParameters<typeof StoreProblem>[0], message: string) =>
    new StoreProblem(kind, place, message, { facts, cause: error });
  switch (true) {
    case code === '55P03':
      return told(
        'STORE_LOCKED',
        `Another client of ${place} held the lock for longer than this one waits. Nothing was changed. Try again; if it ` +
          'lasts, look in pg_stat_activity who holds it.',
      );
    case code === '42P01' || code === '3F000':
      return schemaTooOld(address, 0);
    case code === '23P01':
      return told(
        'DUPLICATE_SCOPE',
        `${place} refused a second active reservation of one scope: a client that works on it has a fault. Nothing was ` +
          'changed. Update Agent Reservations on every machine, then try again.',
      );
    case code === '42501':
      return told(
        'ACCESS_DENIED',
        `${place} does not let this user do that: ${reason}. A user may write only as the agents that the owner of the ` +
          'database has admitted it as: agent_reservations.admit.',
      );
    case code.startsWith('28'):
      return told('ACCESS_DENIED', `${place} does not let this user in: ${reason}. Check user and password.`);
    case code === '3D000':
      return told('INVALID_CONNECTION', `${place} cannot be opened: ${reason}. Create the database, or name another.`);
    default:
      return told('IO_ERROR', `${place} failed: ${reason}. Look into the server's log, then try again.`);
  }
}

function messageOf(error: unknown): string {
  // Where a name has several addresses, what failed at each is inside, and the message empty.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error ? first.message || first.name : String(first);
}
