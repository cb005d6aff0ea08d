/** Why a message was not sent, for a person: what was typed into a draft may be anything. */

import * as vscode from 'vscode';
import { withoutLinks } from '../../core/display';
import type { ErrorBody } from '../../core/envelope';
import { BROADCAST, isToMany, ROLE_PREFIX } from '../../core/message';
import { inSentence } from '../wording';

/** Undefined for a refusal that is of something else, or is told by its own words. */
export function explainNotSent({ code, details = {} }: ErrorBody): string | undefined {
  const fact = (name: string) => withoutLinks(String(details[name] ?? ''));
  const list = (name: string) => (Array.isArray(details[name]) ? details[name].map(String) : []);
  switch (code) {
    case 'UNKNOWN_SENDER':
      return vscode.l10n.t('Agent “{0}” is not registered.', fact('from'));
    case 'UNKNOWN_RECIPIENT':
      if (details['to'] === BROADCAST) {
        return vscode.l10n.t('No other agent is registered yet, so there is nobody to write to.');
      }
      return isToMany(String(details['to']))
        ? vscode.l10n.t('No other agent has the role “{0}”.', fact('to').slice(ROLE_PREFIX.length))
        : vscode.l10n.t('Agent “{0}” is not registered.', fact('to'));
    case 'MISSING_BEAD_ID':
      return vscode.l10n.t('A message needs the bead that it is about.');
    case 'INVALID_CATEGORY':
      return vscode.l10n.t(
        'The category “{0}” cannot be used here. Possible: {1}.',
        fact('category'),
        inSentence(list('allowed')),
      );
    case 'INVALID_MESSAGE':
      if ('line' in details) {
        return vscode.l10n.t(
          'Line {0} is none of the headers {1}, each once. An empty line ends them.',
          fact('line'),
          inSentence(list('headers')),
        );
      }
      return list('missing').includes('subject')
        ? vscode.l10n.t('A message needs a subject.')
        : vscode.l10n.t('A message needs a text below its headers.');
    case 'INVALID_ARGS':
      return 'to' in details
        ? vscode.l10n.t('Scopes are handed over to one other agent, and not to everybody.')
        : undefined;
    default:
      return undefined;
  }
}
