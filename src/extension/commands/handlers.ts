/**
 * All that commands do: a bundle of its own, loaded by the first that is called, since a window must not wait for it when it opens.
 * One handler for each command id; a command without one does not compile.
 */

import type { CommandKey } from '../contributions';
import { acknowledge, openMessage, openMessageFile } from '../messages/actions';
import { broadcast, handOff, newMessage, reply } from '../messages/compose';
import { discardDraft, sendDraft } from '../messages/sending';
import { showAccessibilityHelp } from './accessibilityHelp';
import { filterBy, groupBy, showMore } from './arrange';
import { askToRelease } from './askToRelease';
import { checkStore } from './checkStore';
import type { CommandContext, Handler } from './context';
import { copyMcpConfiguration } from './copyMcpConfiguration';
import { leaveDemo, openWalkthrough, tryDemo } from './demo';
import { openDrift, reserveAllDrift, reserveDrift } from './drift';
import { forceRelease } from './forceRelease';
import { installGuard } from './installGuard';
import { release, releaseAllMine, showHeld } from './release';
import { renew } from './renew';
import { reserve, reserveUri, takeOver } from './reserve';
import { copyScope, openReservation, revealInExplorer } from './scopeItems';
import { enterPassword, forgetPassword, movePassword, prepareServer } from './server';
import { choose, openStoreFolder, openUnreadable, refresh, showLog, showStatus } from './store';

export { releaseEach } from './release';
export { renewEach } from './renew';
export { reserveDropped, reserveTargets } from './reserve';

export function handlersOf(context: CommandContext): Readonly<Record<CommandKey, Handler>> {
  return {
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
    editAnyway: async () => (await context.followers).readonlyEditors.allow(),
    renew: renew(context),
    forceRelease: forceRelease(context),
    copyScope: copyScope(context),
    revealInExplorer: revealInExplorer(context),
    acknowledge: acknowledge(context),
    openMessage: openMessage(context),
    newMessage: newMessage(context),
    reply: reply(context),
    handOff: handOff(context),
    broadcast: broadcast(context),
    sendDraft: sendDraft(context),
    discardDraft: discardDraft(),
    openMessageFile: openMessageFile(),
    showMoreMessages: () => context.messages.listMore(),
    chooseAgent: choose(context),
    refresh: refresh(context),
    showTimeline: async () => {
      const { showTimeline } = await import('../timeline/timeline');
      showTimeline(context);
    },
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
    tryDemo: tryDemo(context),
    leaveDemo: leaveDemo(context),
    openWalkthrough: openWalkthrough(),
    showAccessibilityHelp: showAccessibilityHelp(context),
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
}
