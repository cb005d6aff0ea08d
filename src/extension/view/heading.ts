/** What stands above the tree: its description and message, and by what a welcome text is chosen. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Filter } from '../../core/arrangement';
import { demo } from '../demo/state';
import { type LiveStore, outOfDateOf } from '../liveStore';
import { serverTrouble } from '../postgres/serverProblem';
import { outOfDateText } from '../problemWording';
import { configuredAgent } from '../settings';

/** Which file or server is wrong, or whom the person acts as, what is left out, and whether it is old. */
export function description(live: LiveStore, filter: Filter): string {
  if (live.state.kind === 'unreadable') {
    const { path } = live.state.problem;
    return live.kind === 'postgres' ? path : basename(path);
  }
  const me = configuredAgent();
  const old = outOfDateOf(live.state) ? vscode.l10n.t('last known state') : '';
  return [demo() ? vscode.l10n.t('demo') : '', me ? vscode.l10n.t('as {0}', me) : '', filterName(filter), old]
    .filter(Boolean)
    .join(' · ');
}

/**
 * Whose store it is, how old it is what is shown, and what is left out.
 *
 * @param filter by which something may be left out; undefined where the tree is empty: VS Code shows no welcome text beside a
 * message
 */
export function message(live: LiveStore, filter: Filter | undefined): string {
  const outOfDate = outOfDateOf(live.state);
  const whose = demo() ? vscode.l10n.t('The demo store: its agents are made up, and yours are not touched.') : '';
  return [whose, outOfDate ? outOfDateText(outOfDate) : '', filter ? filterMessage(filter) : '']
    .filter(Boolean)
    .join(' ');
}

/** By which a welcome text is chosen. */
export function problemKey({ state, kind }: LiveStore): string {
  if (state.kind !== 'unreadable') {
    return '';
  }
  return kind === 'postgres' ? `SERVER_${serverTrouble(state.problem)}` : state.problem.kind;
}

function filterName(filter: Filter): string {
  switch (filter) {
    case 'all':
      return '';
    case 'project':
      return vscode.l10n.t('this project only');
    case 'mine':
      return vscode.l10n.t('mine only');
  }
}

function filterMessage(filter: Filter): string {
  switch (filter) {
    case 'all':
      return '';
    case 'project':
      return vscode.l10n.t('What is of other projects is left out.');
    case 'mine':
      return vscode.l10n.t('What is not yours is left out.');
  }
}
