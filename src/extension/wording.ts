/** What a person reads, in their language. Texts of agents go through core/display before they come in here. */

import * as vscode from 'vscode';
import { MAX_AGENT_ID_LENGTH, MIN_AGENT_ID_LENGTH } from '../core/agent';
import { oneLine } from '../core/display';
import { listed } from '../core/listed';
import type { MESSAGE_CATEGORIES, MessageCategory } from '../core/message';
import type { ActiveItem } from '../core/overview';
import { MAX_TTL_MINUTES, MIN_TTL_MINUTES, projectOf } from '../core/reservation';
import type { ScopeFault } from '../core/scope/braces';
import type { Overlap } from '../core/scope/relation';
import { HOUR_MS, instant, MINUTE_MS } from '../core/time';

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
