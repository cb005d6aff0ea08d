/** What a person reads of a refusal or failure, in their language: worded by its code and details. */

import * as vscode from 'vscode';
import { withoutLinks } from '../core/display';
import type { ErrorBody } from '../core/envelope';
import type { Conflict, Holding } from '../core/reservation';
import type { ScopeFault } from '../core/scope/braces';
import type { ProblemKind } from '../store/problem';
import { problemText } from './problemWording';
import { localTime, overlapText, rules, scopeFault } from './wording';

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
      return fact('from') && !fact('scope')
        ? vscode.l10n.t('{0} holds nothing here that could be handed over.', fact('from'))
        : vscode.l10n.t('“{0}” is not reserved any more.', fact('scope') || fact('reservation'));
    case 'AGENT_NOT_FOUND':
      return fact('agent')
        ? vscode.l10n.t('Agent “{0}” is not registered.', fact('agent'))
        : vscode.l10n.t('No agent is named.');
    case 'INVALID_AGENT_ID':
      return `${vscode.l10n.t('“{0}” is not an agent id.', fact('agent'))} ${rules.agentId()}`;
    case 'DUPLICATE_AGENT_ID':
      return vscode.l10n.t('Agent “{0}” is registered already; choose another id.', fact('agent'));
    case 'INVALID_ARGS':
      return wrongArgument(error);
    case 'MESSAGE_NOT_FOUND':
    case 'INVALID_MESSAGE_ID':
      return vscode.l10n.t('Message “{0}” does not exist any more.', fact('message'));
    case 'INVALID_SETTINGS':
      return 'hooks_path' in facts
        ? vscode.l10n.t(
            'Git takes the hooks of this repository from {0} (core.hooksPath), which others use too. Set core.hooksPath for this repository alone, then try again.',
            fact('hooks_path'),
          )
        : unworded(error);
    case 'READ_FORBIDDEN':
      return vscode.l10n.t('That message is for {0} alone.', fact('to_agent'));
    case 'ACK_FORBIDDEN':
      return vscode.l10n.t('That message is for {0}; only {0} can acknowledge it.', fact('to_agent'));
    case 'INTERNAL_ERROR':
      return problemText(facts['cause'] as ProblemKind | 'UNEXPECTED', facts, error.message);
    default:
      return unworded(error);
  }
}

/** English: what no command of this extension leads to, but the arguments of one by another program may. */
function unworded({ message, code }: ErrorBody): string {
  return vscode.l10n.t('{0} ({1})', withoutLinks(message), code);
}

function wrongArgument(error: ErrorBody): string {
  const facts = error.details ?? {};
  const fact = (name: string) => withoutLinks(String(facts[name] ?? ''));
  const maximum = Number(facts['maximum']).toLocaleString(vscode.env.language);
  const missing = Array.isArray(facts['missing']) ? facts['missing'] : [];
  switch (true) {
    case 'fault' in facts:
      return scopeFault(facts['fault'] as ScopeFault);
    case 'fix' in facts:
      return vscode.l10n.t('Say what to repair: true, or a list of the ids of findings.');
    case 'folder' in facts:
      return vscode.l10n.t('{0} is in no worktree of a Git repository.', fact('folder'));
    case Boolean(facts['path']):
      return scopeFault('OUTSIDE_ROOT');
    case 'ttl' in facts:
      return `${vscode.l10n.t('“{0}” is not a valid time to hold a scope.', fact('ttl'))} ${rules.ttl()}`;
    case typeof facts['reason'] === 'number':
      return vscode.l10n.t('Say it in at most {0} characters.', maximum);
    case missing.includes('bead'):
      return vscode.l10n.t('The scope and the bead are both needed.');
    default:
      return unworded(error);
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
