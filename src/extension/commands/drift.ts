/** What can be done about drift: reserve what nobody holds, and look at what is changed. */

import * as vscode from 'vscode';
import { MAX_LISTED_DRIFT } from '../../core/drift';
import { scopeOf } from '../../core/scope/path';
import { COMMANDS } from '../contributions';
import type { DriftFile } from '../drift';
import { tell } from '../notify';
import type { Target } from '../scopes';
import { type CommandContext, type Handler, record } from './context';
import type { Granted } from './grant';
import { reserveTargets } from './reserve';

/** Items of the view; those that others hold are passed over. Answers one envelope, or a list for several. */
export function reserveDrift(context: CommandContext): Handler {
  return async (argument, selected) => {
    const envelopes = await reserveFree(context, driftOf(context, argument, selected));
    return envelopes.length > 1 ? envelopes : envelopes[0];
  };
}

/** Everything that is changed and that nobody holds. Answers a list of envelopes. */
export function reserveAllDrift(context: CommandContext): Handler {
  return async () => {
    const { free } = context.drift.found;
    if (free.length > MAX_LISTED_DRIFT) {
      tell(
        vscode.l10n.t(
          '{0} files are too many to reserve one by one. Reserve the folders that they are in.',
          free.length,
        ),
        [
          {
            title: vscode.l10n.t('Reserve Scope…'),
            run: () => vscode.commands.executeCommand(COMMANDS.reserve),
          },
        ],
      );
      return [];
    }
    return await reserveFree(context, free);
  };
}

/** An item of the view: what has changed in it, or the file itself where it is new. */
export function openDrift(): Handler {
  return async (argument) => {
    const { uri, knownAs, isUntracked } = record(record(argument)['file']);
    await (isUntracked === true
      ? vscode.commands.executeCommand('vscode.open', uri)
      : vscode.commands.executeCommand('git.openChange', knownAs));
  };
}

/** Those of the items that are selected, else of the one that was clicked, that are drift still. */
export function driftOf(context: CommandContext, argument: unknown, selected: unknown): readonly DriftFile[] {
  const items: readonly unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
  const named = new Set(items.map((item) => String(record(record(item)['file'])['uri'])));
  return context.drift.found.listed.filter(({ file }) => named.has(file.uri.toString()));
}

async function reserveFree(context: CommandContext, drift: readonly DriftFile[]): Promise<readonly Granted[]> {
  const targets = drift.filter(({ held }) => held.length === 0).map(targetOf);
  if (targets.length === 0) {
    tell(vscode.l10n.t('There is no changed file to reserve that nobody holds.'));
    return [];
  }
  return await reserveTargets(context, targets);
}

/** Exactly that file. */
export function targetOf({ file: { path, place } }: DriftFile): Target {
  return { scope: scopeOf(path, 'file'), place };
}
