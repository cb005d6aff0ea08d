/** What a person reads of the doctor's findings, in their language. */

import * as vscode from 'vscode';
import { withoutIcons, withoutLinks } from '../core/display';
import type { Finding, FindingKind, Repaired } from '../store/finding';
import type { ProblemKind } from '../store/problem';
import { problemText } from './problemWording';

/** A few words that name it. */
export function findingTitle({ kind }: Finding): string {
  const titles: Record<FindingKind, string> = {
    DEAD_LOCK: vscode.l10n.t('A lock was left behind'),
    FOREIGN_LOCK: vscode.l10n.t('A lock whose owner cannot be told'),
    HELD_LOCK: vscode.l10n.t('The store has been locked for long'),
    LEFTOVER_FILE: vscode.l10n.t('A temporary file was left behind'),
    UNREADABLE_FILE: vscode.l10n.t('A file cannot be understood'),
    BAD_ENTRY: vscode.l10n.t('An entry cannot be understood'),
    PUT_ASIDE: vscode.l10n.t('A file was put aside earlier'),
    TORN_HISTORY: vscode.l10n.t('Lines of the history cannot be read'),
    DUPLICATE_HISTORY: vscode.l10n.t('The history has lines twice'),
    UNKNOWN_AGENT: vscode.l10n.t('An agent is not registered'),
    UNINDEXED_MESSAGE: vscode.l10n.t('A message cannot be acknowledged'),
    UNDELIVERED_MESSAGE: vscode.l10n.t('Messages are not delivered'),
    WRONG_MODE: vscode.l10n.t('Other users may read or write the store'),
    SYMBOLIC_LINK: vscode.l10n.t('A symbolic link is in the way'),
    NETWORK_FILE_SYSTEM: vscode.l10n.t('The store is on a network file system'),
    OUT_OF_REACH: vscode.l10n.t('Something could not be looked at'),
    SERVER_TOO_OLD: vscode.l10n.t('The server is too old'),
    OTHER_SCHEMA: vscode.l10n.t("The server's tables are of another version"),
    CLOCK_DIFFERENCE: vscode.l10n.t("This machine's clock and the server's differ"),
    NOT_ENCRYPTED: vscode.l10n.t('The connection is not encrypted'),
    POWERFUL_ROLE: vscode.l10n.t('The user on the server may do more than needed'),
  };
  return titles[kind];
}

/** What it is about, where the path does not say it. */
export function findingFact({ kind, facts }: Finding): string {
  const fact = (name: string) => withoutIcons(String(facts[name] ?? '?'));
  switch (kind) {
    case 'DEAD_LOCK':
    case 'FOREIGN_LOCK':
    case 'HELD_LOCK': {
      const seconds = Math.round(Number(facts['ageMs']) / 1000);
      return facts['host'] === null
        ? vscode.l10n.t('process {0}, for {1} s', fact('pid'), seconds)
        : vscode.l10n.t('process {0} on {1}, for {2} s', fact('pid'), fact('host'), seconds);
    }
    case 'BAD_ENTRY':
      return 'entry' in facts
        ? vscode.l10n.t('entry {0}: {1}', fact('entry'), fact('reason'))
        : lineCount(Number(facts['lines']));
    case 'TORN_HISTORY':
    case 'DUPLICATE_HISTORY':
      return lineCount(Number(facts['lines']));
    case 'UNKNOWN_AGENT':
      return fact('agent');
    case 'UNDELIVERED_MESSAGE':
      return messageCount(Number(facts['messages']));
    case 'WRONG_MODE':
      return vscode.l10n.t('{0} folders, {1} files', fact('folders'), fact('files'));
    case 'NETWORK_FILE_SYSTEM':
      return fact('fileSystem');
    default:
      return '';
  }
}

function lineCount(lines: number): string {
  return lines === 1 ? vscode.l10n.t('1 line') : vscode.l10n.t('{0} lines', lines);
}

function messageCount(messages: number): string {
  return messages === 1 ? vscode.l10n.t('1 message') : vscode.l10n.t('{0} messages', messages);
}

/** What repairing does; where only a person can, what that person can do. */
export function findingRemedy(finding: Finding): string {
  const { kind, facts } = finding;
  switch (kind) {
    case 'DEAD_LOCK':
      return vscode.l10n.t('Breaks the lock; its owner has ended.');
    case 'FOREIGN_LOCK':
      return vscode.l10n.t('Puts the lock aside. If its owner still works, two may then change the store at once.');
    case 'HELD_LOCK':
      return vscode.l10n.t('Its owner is alive: let it go on, or end it.');
    case 'LEFTOVER_FILE':
      return vscode.l10n.t('Removes the file; nobody uses it.');
    case 'UNREADABLE_FILE':
      return unreadableRemedy(facts);
    case 'BAD_ENTRY':
      return finding.repair === null
        ? vscode.l10n.t('The lines are passed over; mend them, or leave them.')
        : vscode.l10n.t('Moves the entry into a file of its own beside it.');
    case 'PUT_ASIDE':
      return vscode.l10n.t('Look whether anything in it is still needed, then delete it.');
    case 'TORN_HISTORY':
      return vscode.l10n.t('Writes the history anew without them, and keeps them in a file beside it.');
    case 'DUPLICATE_HISTORY':
      return vscode.l10n.t('Writes the history anew without the second ones.');
    case 'UNKNOWN_AGENT':
      return vscode.l10n.t('Registers the agent with the role “unknown”.');
    case 'UNINDEXED_MESSAGE':
      return vscode.l10n.t("Writes the message's file from the inbox.");
    case 'UNDELIVERED_MESSAGE':
      return vscode.l10n.t('Writes them to the files of their recipients.');
    case 'WRONG_MODE':
      return vscode.l10n.t('Takes those rights away from other users.');
    case 'SYMBOLIC_LINK':
      return vscode.l10n.t('Nothing is written through it: put what it leads to in its place.');
    case 'NETWORK_FILE_SYSTEM':
      return vscode.l10n.t('Locks of other machines have to be cleared by hand, and changes may be noticed late.');
    case 'OUT_OF_REACH':
      return vscode.l10n.t('Check your permissions, or move away what stands in its place.');
    case 'SERVER_TOO_OLD':
      return vscode.l10n.t('Use a server of version {0} or later.', String(facts['needed']));
    case 'OTHER_SCHEMA':
      return vscode.l10n.t('Bring the tables, or Agent Reservations on this machine, to the later version.');
    case 'CLOCK_DIFFERENCE':
      return vscode.l10n.t('Leases end by the clock of the server. Set the clock of this machine.');
    case 'NOT_ENCRYPTED':
      return vscode.l10n.t('Take sslmode=disable out of the address.');
    case 'POWERFUL_ROLE':
      return vscode.l10n.t('Connect with a user that is no superuser.');
  }
}

function unreadableRemedy(facts: Finding['facts']): string {
  if ('agent' in facts) {
    return vscode.l10n.t('Puts the file aside; the agent has to register again.');
  }
  if ('outbox' in facts) {
    return vscode.l10n.t('Puts the file aside; what has not yet come to its recipients has to be sent again.');
  }
  if ('message' in facts) {
    return facts['copy'] === true
      ? vscode.l10n.t('Puts the file aside, and writes the message anew as it was sent.')
      : vscode.l10n.t('Puts the file aside. No inbox has the message: nobody sees it any more.');
  }
  return facts['copy'] === true
    ? vscode.l10n.t('Puts the file aside, and goes on from the last good copy.')
    : vscode.l10n.t('Puts the file aside. There is no good copy: nothing is reserved any more.');
}

/** What became of the one repair that was chosen, which has not failed. */
export function repairedText(finding: Finding, { facts = {} }: Repaired): string {
  const title = findingTitle(finding);
  const aside = withoutLinks(String(facts['aside'] ?? ''));
  return aside
    ? vscode.l10n.t('The store was repaired: {0}. What was taken out is kept in {1}.', title, aside)
    : vscode.l10n.t('The store was repaired: {0}', title);
}

/** Why a repair was not done. */
export function failureText(finding: Finding, { outcome, facts = {}, message }: Repaired): string {
  if (outcome === 'NO_REPAIR') {
    return findingRemedy(finding);
  }
  switch (facts['cause']) {
    case 'BUSY':
      return vscode.l10n.t('Another process was at work there. Try again.');
    case 'UNDELIVERED':
      return messageCount(Number(facts['messages']));
    default:
      return problemText(facts['cause'] as ProblemKind | 'UNEXPECTED', facts, message);
  }
}
