/** One handler for each command id; a command without one does not compile. */

import * as vscode from 'vscode';
import { COMMANDS, type CommandKey } from '../contributions';
import { filterBy, groupBy, showMore } from './arrange';
import { askToRelease } from './askToRelease';
import { checkStore } from './checkStore';
import type { CommandContext, Handler } from './context';
import { copyMcpConfiguration } from './copyMcpConfiguration';
import { openDrift, reserveAllDrift, reserveDrift } from './drift';
import { forceRelease } from './forceRelease';
import { installGuard } from './installGuard';
import { acknowledge, openMessage } from './messages';
import { release, releaseAllMine, showHeld } from './release';
import { renew } from './renew';
import { reserve, reserveUri, takeOver } from './reserve';
import { copyScope, openReservation, revealInExplorer } from './scopeItems';
import { enterPassword, forgetPassword, movePassword, prepareServer } from './server';
import { choose, openStoreFolder, openUnreadable, refresh, showLog, showStatus } from './store';

export function registerCommands(context: CommandContext): readonly vscode.Disposable[] {
  const handlers: Record<CommandKey, Handler> = {
    reserve: reserve(context),
    reserveFile: reserveUri(context, 'file'),
    reserveFolder: reserveUri(context, 'folder'),
    release: release(context),
    releaseAllMine: releaseAllMine(context),
    showHeld: showHeld(context),
    reserveDrift: reserveDrift(context),
    reserveAllDrift: reserveAllDrift(context),
    openDrift: openDrift(),
    showMore: showMore(context),
    takeOver: takeOver(context),
    askToRelease: askToRelease(context),
    openReservation: openReservation(context),
    editAnyway: () => context.readonlyEditors.allow(),
    renew: renew(context),
    forceRelease: forceRelease(context),
    copyScope: copyScope(context),
    revealInExplorer: revealInExplorer(context),
    acknowledge: acknowledge(context),
    openMessage: openMessage(context),
    chooseAgent: choose(context),
    refresh: refresh(context),
    showStatus: showStatus(context),
    openStoreFolder: openStoreFolder(context),
    openUnreadable: openUnreadable(context),
    checkStore: checkStore(context),
    copyMcpConfiguration: copyMcpConfiguration(context),
    installGuard: installGuard(context),
    enterPassword: enterPassword(context),
    forgetPassword: forgetPassword(context),
    movePassword: movePassword(context),
    prepareServer: prepareServer(),
    showLog: showLog(context),
    filterAll: filterBy(context, 'all'),
    filterAllTicked: filterBy(context, 'all'),
    filterProject: filterBy(context, 'project'),
    filterProjectTicked: filterBy(context, 'project'),
    filterMine: filterBy(context, 'mine'),
    filterMineTicked: filterBy(context, 'mine'),
    groupByState: groupBy(context, 'state'),
    groupByStateTicked: groupBy(context, 'state'),
    groupByHolder: groupBy(context, 'holder'),
    groupByHolderTicked: groupBy(context, 'holder'),
    groupByBead: groupBy(context, 'bead'),
    groupByBeadTicked: groupBy(context, 'bead'),
  };
  return Object.entries(handlers).map(([key, handler]) =>
    vscode.commands.registerCommand(COMMANDS[key as CommandKey], async (...args: readonly unknown[]) => {
      try {
        return await handler(...args);
      } catch (error) {
        context.log.error(error instanceof Error ? error : String(error));
        throw error;
      }
    }),
  );
}
