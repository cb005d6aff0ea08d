/** The reason that others read of what one does to their reservations. */

import * as vscode from 'vscode';
import { MAX_REASON_LENGTH } from '../../core/release';
import { askText, type TextQuestion } from '../quickInput';

/** Undefined where the person gives no answer. */
export async function askReason(
  question: Pick<TextQuestion, 'title' | 'prompt' | 'placeholder'>,
): Promise<string | undefined> {
  const answer = await askText({ ...question, validate: reasonFault });
  return typeof answer === 'string' ? answer : undefined;
}

/** What is wrong with a reason. */
export function reasonFault(reason: string): string | undefined {
  if (!reason) {
    return vscode.l10n.t('Say why.');
  }
  return reason.length > MAX_REASON_LENGTH
    ? vscode.l10n.t('Say it in at most {0} characters.', MAX_REASON_LENGTH)
    : undefined;
}
