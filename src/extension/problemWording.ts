/** What a person reads of what is wrong with the store, in their language: worded by the kind of the problem and its facts. */

import * as vscode from 'vscode';
import { withoutLinks } from '../core/display';
import type { ProblemKind, StoreProblem } from '../store/problem';
import { isOfServer, isPasswordMissing } from './postgres/serverProblem';
import { timeSince } from './wording';

/** The system's codes for a disk, or a person's share of it, that is full. */
const FULL = ['ENOSPC', 'EDQUOT'];

/** A problem that was found while reading, in the same words as one that refused an operation. */
export function explainProblem({ kind, path, facts, message }: StoreProblem): string {
  return problemText(kind, { ...facts, path }, message);
}

/** How old it is what is shown, and why: the age is by this machine's clock, which has told when it was read. */
export function outOfDateText({ facts, path }: StoreProblem, now = new Date()): string {
  const { host, port, since } = facts;
  const server = withoutLinks(host === undefined ? path : `${host}:${port}`);
  return vscode.l10n.t('Last known state, {0}: {1} cannot be reached.', timeSince(String(since), now), server);
}

/**
 * What is wrong with the store, and the next step.
 *
 * @param facts those of the problem, and its path
 * @param message English: shown only of what nobody has foreseen
 */
export function problemText(kind: ProblemKind | 'UNEXPECTED', facts: StoreProblem['facts'], message: string): string {
  const fact = (name: string) => withoutLinks(String(facts[name] ?? ''));
  const path = fact('path');
  if (kind !== 'UNEXPECTED' && isOfServer({ kind, path, facts })) {
    return serverProblemText(kind, facts, message);
  }
  switch (kind) {
    case 'STORE_LOCKED':
      return vscode.l10n.t(
        'The store is locked by process {0} for {1} s. Try again; if that process is gone for good, delete {2}.',
        fact('pid') || '?',
        Math.round(Number(fact('ageMs')) / 1000),
        path,
      );
    case 'LOCK_LOST':
      return vscode.l10n.t('The lock of the store went away in the middle; the change was not made. Try again.');
    case 'EMPTY_FILE':
      return vscode.l10n.t('{0} is empty. Restore it, or move it away to start anew.', path);
    case 'BYTE_ORDER_MARK':
      return vscode.l10n.t('{0} begins with a byte order mark. Save it as UTF-8 without one.', path);
    case 'NOT_JSON':
      return vscode.l10n.t('{0} is not JSON, perhaps cut short. Correct it, or move it away.', path);
    case 'WRONG_SHAPE':
      return vscode.l10n.t('{0} does not hold what it should. Correct it, or move it away.', path);
    case 'BAD_ENTRY':
      if ('line' in facts) {
        return vscode.l10n.t(
          'Line {0} of {1} is not a message and is passed over. Correct it, or take it out.',
          fact('line'),
          path,
        );
      }
      return badEntryText(facts);
    case 'MISSING_FILE':
      return vscode.l10n.t(
        '{0} is missing, so the message can be neither read nor acknowledged. Check the store to write it anew from the inbox.',
        path,
      );
    case 'ACCESS_DENIED':
      return vscode.l10n.t('Access to {0} is denied. Give your user the right to read and write it.', path);
    case 'NOT_A_FOLDER':
      return vscode.l10n.t('{0} cannot be used, since a file stands in place of a folder. Move it away.', path);
    case 'TOO_LARGE':
      return vscode.l10n.t('{0} is too large. Take out what nobody needs, or move it away to start anew.', path);
    case 'SYMBOLIC_LINK':
      return vscode.l10n.t('{0} is a symbolic link, which the store does not write through.', path);
    case 'PUT_ASIDE':
      return vscode.l10n.t(
        '{0} could not be understood. It was put aside as {1}, and the last good copy is used.',
        path,
        fact('aside'),
      );
    case 'IO_ERROR':
      if (FULL.includes(fact('errno'))) {
        return vscode.l10n.t('The disk of {0} is full. Make room, then try again.', path);
      }
      return fact('errno')
        ? vscode.l10n.t('{0} could not be read or written ({1}). Check the disk, then try again.', path, fact('errno'))
        : unforeseen(message);
    default:
      return unforeseen(message);
  }
}

function badEntryText({ entry, path, reason }: StoreProblem['facts']): string {
  const [where, file, why] = [entry, path, reason].map((fact) => withoutLinks(String(fact ?? '')));
  return vscode.l10n.t(
    'Entry {0} of {1} is wrong ({2}). Correct it, or take it out.',
    where ?? '',
    file ?? '',
    why ?? '',
  );
}

function unforeseen(message: string): string {
  return vscode.l10n.t('The store could not be used: {0}', withoutLinks(message));
}

function serverProblemText(kind: ProblemKind, facts: StoreProblem['facts'], message: string): string {
  const fact = (name: string) => withoutLinks(String(facts[name] ?? ''));
  const path = fact('path');
  switch (kind) {
    case 'STORE_UNREACHABLE':
      return vscode.l10n.t(
        'The server {0} cannot be reached: {1}. Nothing was changed.',
        `${fact('host')}:${fact('port')}`,
        fact('reason'),
      );
    case 'OUTCOME_UNKNOWN':
      return vscode.l10n.t(
        'The connection to {0} was lost while the change was made. Look whether it was made before you try again.',
        path,
      );
    case 'SCHEMA_TOO_OLD':
      return fact('found') === '0'
        ? vscode.l10n.t('{0} has no tables for reservations yet. Run: agent-reservations postgres migrate', path)
        : vscode.l10n.t(
            'The tables of {0} are of version {1}, and {2} is needed. Run: agent-reservations postgres migrate',
            path,
            fact('found'),
            fact('needed'),
          );
    case 'SCHEMA_TOO_NEW':
      return vscode.l10n.t(
        'The tables of {0} are newer than this extension. Update the extension on this machine.',
        path,
      );
    case 'ACCESS_DENIED':
      if (isPasswordMissing({ reason: fact('reason') })) {
        return vscode.l10n.t('{0} wants a password.', path);
      }
      return fact('namespace')
        ? vscode.l10n.t('Your user of the server has not been admitted to the namespace “{0}”.', fact('namespace'))
        : vscode.l10n.t('{0} does not let this user in, or not do this: {1}.', path, fact('reason'));
    case 'STORE_LOCKED':
      return vscode.l10n.t('Another client of {0} held the lock for too long. Nothing was changed. Try again.', path);
    case 'INVALID_CONNECTION':
      return wrongAddressText(facts);
    case 'INSECURE_CONNECTION':
      return fact('sslmode')
        ? vscode.l10n.t(
            'sslmode={0} would let anybody between here and {1} read along. Leave it out of the setting of the PostgreSQL server.',
            fact('sslmode'),
            fact('host'),
          )
        : vscode.l10n.t(
            '{0} does not prove who it is: {1}. Nothing was sent to it. Name the file of the authority for its certificate with sslrootcert.',
            `${fact('host')}:${fact('port')}`,
            fact('reason'),
          );
    case 'BAD_ENTRY':
      return badEntryText(facts);
    case 'IO_ERROR':
      return fact('reason')
        ? vscode.l10n.t("{0} failed: {1}. Look into the server's log, then try again.", path, fact('reason'))
        : unforeseen(message);
    default:
      return unforeseen(message);
  }
}

/** What the settings say of the server is no address of one, or no namespace on it. */
function wrongAddressText(facts: StoreProblem['facts']): string {
  const fact = (name: string) => withoutLinks(String(facts[name] ?? ''));
  switch (true) {
    case facts['address'] === 'PASSWORD_IN_URL':
      return vscode.l10n.t(
        'The setting of the PostgreSQL server holds a password. Passwords in settings are not used.',
      );
    case facts['address'] === 'NO_NAMESPACE':
      return vscode.l10n.t(
        'The first folder is of no repository with a remote: set whose reservations are meant (agentReservations.namespace).',
      );
    case 'sqlState' in facts:
      return vscode.l10n.t(
        '{0} cannot be opened: {1}. Create the database, or name another.',
        fact('path'),
        fact('reason'),
      );
    case 'parameter' in facts:
      return vscode.l10n.t(
        'The setting of the PostgreSQL server has “{0}”, which is not known here. Take it out.',
        fact('parameter'),
      );
    default:
      return vscode.l10n.t(
        'The setting of the PostgreSQL server names no server: {0}. Write it as postgres://user@host:5432/database.',
        fact('path'),
      );
  }
}
