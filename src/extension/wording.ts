/** What a person reads, in their language. Texts of agents go through core/display before they come in here. */

import * as vscode from 'vscode';
import { MAX_AGENT_ID_LENGTH, MIN_AGENT_ID_LENGTH } from '../core/agent';
import { oneLine, withoutLinks } from '../core/display';
import type { ErrorBody } from '../core/envelope';
import { listed } from '../core/listed';
import type { MESSAGE_CATEGORIES, MessageCategory } from '../core/message';
import type { ActiveItem } from '../core/overview';
import { type Conflict, type Holding, MAX_TTL_MINUTES, MIN_TTL_MINUTES, projectOf } from '../core/reservation';
import type { ScopeFault } from '../core/scope/braces';
import type { Overlap } from '../core/scope/relation';
import { HOUR_MS, instant, MINUTE_MS } from '../core/time';
import type { ProblemKind, StoreProblem } from '../store/problem';
import { isOfServer, isPasswordMissing } from './postgres/serverProblem';

const MINUTES_PER_HOUR = 60;

/** `1 h 20 min` from whole minutes. */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const rest = minutes % MINUTES_PER_HOUR;
  if (hours === 0) {
    return vscode.l10n.t('{0} min', rest);
  }
  return rest === 0 ? vscode.l10n.t('{0} h', hours) : vscode.l10n.t('{0} h {1} min', hours, rest);
}

/** The time until then; minutes are rounded down, so that nobody counts on one that is not there. */
export function timeUntil(iso: string, now: Date): string {
  return roughly(instant(iso) - now.getTime());
}

/** The time since then; after a day, that day and time. */
export function timeSince(iso: string, now: Date): string {
  const elapsed = now.getTime() - instant(iso);
  return elapsed < 24 * HOUR_MS ? vscode.l10n.t('{0} ago', roughly(elapsed)) : localTime(iso, now);
}

function roughly(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 1 ? vscode.l10n.t('under 1 min') : duration(minutes);
}

/** A time of day, with the date where it is not today's. */
export function localTime(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === now.toDateString();
  return (isToday ? timeFormat() : dateAndTimeFormat()).format(at);
}

// To make one takes many times as long as to use it, and each item that is drawn needs several.
const timeFormat = format({ timeStyle: 'short' });
const dateAndTimeFormat = format({ dateStyle: 'medium', timeStyle: 'short' });

/** In the language of VS Code. Kept for a minute at most: the machine may come to another time zone. */
function format(options: Intl.DateTimeFormatOptions): () => Intl.DateTimeFormat {
  let known: { readonly key: string; readonly format: Intl.DateTimeFormat } | undefined;
  return () => {
    const now = new Date();
    const key = `${now.getTimezoneOffset()} ${Math.floor(now.getTime() / MINUTE_MS)}`;
    if (known?.key !== key) {
      known = { key, format: new Intl.DateTimeFormat(vscode.env.language, options) };
    }
    return known.format;
  };
}

/** Names inside of a sentence, in the language of VS Code. What agents wrote is made safe as the whole that it then is. */
export function inSentence(names: readonly string[]): string {
  return listed(names, vscode.env.language);
}

/** Who holds what, for what and how long: one line. */
export function holdingLine({ reservation, mine }: ActiveItem, now: Date): string {
  const { agent_id, bead_id, scope, expires_at } = reservation;
  const until = localTime(expires_at, now);
  const line = mine
    ? vscode.l10n.t('Held by you for {0} until {1}: {2}', oneLine(bead_id), until, oneLine(scope))
    : vscode.l10n.t('Held by {0} for {1} until {2}: {3}', oneLine(agent_id), oneLine(bead_id), until, oneLine(scope));
  return projectOf(reservation) === undefined ? vscode.l10n.t('{0} (in a project that is not named)', line) : line;
}

export function categoryName(category: MessageCategory): string {
  const names: Record<(typeof MESSAGE_CATEGORIES)[number], string> = {
    HANDOFF: vscode.l10n.t('Handoff'),
    BLOCKED: vscode.l10n.t('Blocked'),
    DECISION: vscode.l10n.t('Decision'),
    INFO: vscode.l10n.t('Info'),
  };
  return names[category];
}

/** What it asks of who gets it. */
export function categoryMeaning(category: MessageCategory): string {
  const meanings: Record<(typeof MESSAGE_CATEGORIES)[number], string> = {
    HANDOFF: vscode.l10n.t('Go on with this. Waits for an acknowledgement.'),
    BLOCKED: vscode.l10n.t('I cannot go on without you. Waits for an acknowledgement.'),
    DECISION: vscode.l10n.t('This is settled.'),
    INFO: vscode.l10n.t('Good to know.'),
  };
  return meanings[category];
}

export const rules = {
  agentId: () =>
    vscode.l10n.t(
      'Use {0} to {1} lower-case letters and digits, with single hyphens between them.',
      MIN_AGENT_ID_LENGTH,
      MAX_AGENT_ID_LENGTH,
    ),
  ttl: () => vscode.l10n.t('Give a whole number of minutes from {0} to {1}.', MIN_TTL_MINUTES, MAX_TTL_MINUTES),
};

/** Why a text is no scope. */
export function scopeFault(fault: ScopeFault): string {
  switch (fault) {
    case 'TOO_LONG':
      return vscode.l10n.t('That is too long for a scope: name a folder above instead.');
    case 'UNCLOSED_BRACKET':
      return vscode.l10n.t('A “[” is not closed: close it, or write [[] for the character itself.');
    case 'UNCLOSED_BRACE':
      return vscode.l10n.t('A “{” is not closed: close it, or write [{] for the character itself.');
    case 'BACKWARD_RANGE':
      return vscode.l10n.t('A range goes backwards: write the lower character first.');
    case 'OUTSIDE_ROOT':
      return vscode.l10n.t('That leads out of the project with “..”: name what is inside of it.');
    case 'TOO_MANY_ALTERNATIVES':
      return vscode.l10n.t('The braces stand for too many patterns: reserve a folder above, or the parts one by one.');
  }
}

/** How what is held, which was named just before, lies to what is asked for. */
export function overlapText(overlap: Overlap): string {
  switch (overlap) {
    case 'exact':
      return vscode.l10n.t('It is the same scope.');
    case 'contains':
      return vscode.l10n.t('It contains the scope you ask for.');
    case 'within':
      return vscode.l10n.t('It is part of the scope you ask for.');
    case 'partial':
      return vscode.l10n.t('It has files in common with the scope you ask for.');
  }
}

/** A refusal or failure in a sentence or two, fit for a notification. */
export function explain(error: ErrorBody): string {
  const facts = error.details ?? {};
  const fact = (name: string) => withoutLinks(String(facts[name] ?? ''));
  switch (error.code) {
    case 'RESERVATION_CONFLICT': {
      const [conflict] = (facts['conflicts'] ?? []) as readonly Conflict[];
      return conflict ? inTheWay(conflict, Number(facts['total'] ?? 1) - 1) : withoutLinks(error.message);
    }
    case 'RESERVATION_STALE_FOUND': {
      const stale = facts['stale'] as Holding;
      return vscode.l10n.t(
        '“{0}” was reserved by {1} until {2}.',
        withoutLinks(stale.scope),
        withoutLinks(stale.agent_id),
        localTime(stale.expires_at),
      );
    }
    case 'RELEASE_FORBIDDEN':
    case 'RENEW_FORBIDDEN':
      return held(facts['holder'] as Holding);
    case 'RESERVATION_NOT_FOUND':
      return vscode.l10n.t('“{0}” is not reserved any more.', fact('scope'));
    case 'AGENT_NOT_FOUND':
      return fact('agent')
        ? vscode.l10n.t('Agent “{0}” is not registered.', fact('agent'))
        : vscode.l10n.t('No agent is named.');
    case 'INVALID_AGENT_ID':
      return `${vscode.l10n.t('“{0}” is not an agent id.', fact('agent'))} ${rules.agentId()}`;
    case 'DUPLICATE_AGENT_ID':
      return vscode.l10n.t('Agent “{0}” is registered already; choose another id.', fact('agent'));
    case 'INVALID_ARGS':
      if ('fault' in facts) {
        return scopeFault(facts['fault'] as ScopeFault);
      }
      if ('fix' in facts) {
        return vscode.l10n.t('Say what to repair: true, or a list of the ids of findings.');
      }
      if ('folder' in facts) {
        return vscode.l10n.t('{0} is in no worktree of a Git repository.', fact('folder'));
      }
      if ('path' in facts) {
        return withoutLinks(error.message);
      }
      if ('ttl' in facts) {
        return `${vscode.l10n.t('“{0}” is not a valid time to hold a scope.', fact('ttl'))} ${rules.ttl()}`;
      }
      return 'missing' in facts ? vscode.l10n.t('The scope and the bead are both needed.') : explainOther(error);
    case 'MESSAGE_NOT_FOUND':
      return vscode.l10n.t('Message “{0}” does not exist any more.', fact('message'));
    case 'READ_FORBIDDEN':
      return vscode.l10n.t('That message is for {0} alone.', fact('to_agent'));
    case 'ACK_FORBIDDEN':
      return vscode.l10n.t('That message is for {0}; only {0} can acknowledge it.', fact('to_agent'));
    case 'INTERNAL_ERROR':
      return problemText(facts['cause'] as ProblemKind | 'UNEXPECTED', facts, withoutLinks(error.message));
    default:
      return explainOther(error);
  }
}

/** In the words for agents, where there are none for persons. */
function explainOther(error: ErrorBody): string {
  return vscode.l10n.t('{0} ({1})', withoutLinks(error.message), error.code);
}

/** A problem that was found while reading, in the same words as one that refused an operation. */
export function explainProblem({ kind, path, facts, message }: StoreProblem): string {
  return problemText(kind, { ...facts, path }, withoutLinks(message));
}

/** How old it is what is shown, and why: the age is by this machine's clock, which has told when it was read. */
export function outOfDateText({ facts, path }: StoreProblem, now = new Date()): string {
  const { host, port, since } = facts;
  const server = withoutLinks(host === undefined ? path : `${host}:${port}`);
  return vscode.l10n.t('Last known state, {0}: {1} cannot be reached.', timeSince(String(since), now), server);
}

/** What is wrong with the store, and the next step. */
function problemText(kind: ProblemKind | 'UNEXPECTED', facts: StoreProblem['facts'], message: string): string {
  const fact = (name: string) => withoutLinks(String(facts[name] ?? ''));
  const path = fact('path');
  if (kind !== 'UNEXPECTED' && isOfServer({ kind, path, facts })) {
    return serverProblemText(kind, fact, message);
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
      return vscode.l10n.t(
        'Entry {0} of {1} is wrong ({2}). Correct it, or take it out.',
        fact('entry'),
        path,
        fact('reason'),
      );
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
    default:
      return vscode.l10n.t('The store could not be used: {0}', message);
  }
}

function serverProblemText(kind: ProblemKind, fact: (name: string) => string, message: string): string {
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
      switch (fact('address')) {
        case 'PASSWORD_IN_URL':
          return vscode.l10n.t(
            'The setting of the PostgreSQL server holds a password. Passwords in settings are not used.',
          );
        case 'NO_NAMESPACE':
          return vscode.l10n.t(
            'The first folder is of no repository with a remote: set whose reservations are meant (agentReservations.namespace).',
          );
        default:
          return vscode.l10n.t('The setting of the PostgreSQL server cannot be used: {0}', message);
      }
    default:
      return vscode.l10n.t('The store could not be used: {0}', message);
  }
}

/** `more` others are in the way too. */
function inTheWay(conflict: Conflict, more: number): string {
  const { overlap } = conflict;
  const first = overlap === 'exact' ? held(conflict) : `${held(conflict)} ${overlapText(overlap)}`;
  if (more <= 0) {
    return first;
  }
  return `${first} ${more === 1 ? vscode.l10n.t('And 1 more is in the way.') : vscode.l10n.t('And {0} more are in the way.', more)}`;
}

function held(conflict: Holding): string {
  return vscode.l10n.t(
    '“{0}” is held by {1} for {2} until {3}.',
    withoutLinks(conflict.scope),
    withoutLinks(conflict.agent_id),
    withoutLinks(conflict.bead_id),
    localTime(conflict.expires_at),
  );
}
