/** Wiring only: what there is, and who is given what. */

import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Overview } from '../core/overview';
import { inBackground } from '../util/background';
import type { AgentReservationsApi } from './api';
import type { CommandContext } from './commands/context';
import { registerCommands } from './commands/register';
import { CONFIGURATION } from './contributions';
import { Documents } from './documents';
import { Drift } from './drift';
import { failuresTo } from './failures';
import { onDidGainFocus } from './focus';
import { Followers } from './followers';
import { McpServerProvider } from './languageModel/mcpServer';
import { LanguageModelTools } from './languageModel/tools';
import { LiveStore } from './liveStore';
import { MessagesView } from './messages/messagesView';
import { restoreDrafts } from './messages/restoredDrafts';
import { OwnHere } from './ownHere';
import { Passwords } from './postgres/passwords';
import { Projects } from './projects';
import { followSettings } from './settings';
import { StatusBar } from './statusBar';
import { storeSource } from './storeSource';
import { Terminals } from './terminals';
import { restoredTimeline } from './timeline/restored';
import { Arrangement } from './view/arrangement';
import { ReservationsView } from './view/reservationsView';

/** What only this project's own tests are given. */
export interface Internals {
  readonly live: LiveStore;
  readonly view: ReservationsView;
  readonly messages: MessagesView;
  readonly statusBar: StatusBar;
  readonly memory: vscode.Memento;
  readonly commands: CommandContext;
  readonly mcpServer: McpServerProvider;
}

export type TestedApi = AgentReservationsApi & { readonly internals?: Internals };

export function activate(context: vscode.ExtensionContext): TestedApi {
  const settings = followSettings();
  const log = vscode.window.createOutputChannel('Agent Reservations', { log: true });
  const onFailure = failuresTo(log);
  const passwords = new Passwords(context.secrets);
  const live = new LiveStore(log, storeSource(passwords));
  const memory = context.workspaceState;
  const arrangement = new Arrangement(memory);
  const projects = new Projects(onFailure);
  const own = new OwnHere(live, projects, memory, onFailure);
  const drift = new Drift(live, log);
  const view = new ReservationsView(live, arrangement, projects, drift);
  const messages = new MessagesView(live, onFailure);
  const statusBar = new StatusBar(live);
  const documents = new Documents();
  const mcpServer = new McpServerProvider(context, passwords);
  const changed = new vscode.EventEmitter<Overview>();
  const followers = live.refresh().then(() => new Followers(commands));
  inBackground(followers, onFailure);
  const commands: CommandContext = {
    live,
    own,
    view,
    messages,
    projects,
    drift,
    followers,
    arrangement,
    documents,
    log,
    memory,
    passwords,
    storageUri: context.globalStorageUri,
    extensionUri: context.extensionUri,
  };
  context.subscriptions.push(
    ...registerCommands(commands),
    view.drop.onDidDrop((uris) => {
      const reserving = import('./commands/handlers').then(({ reserveDropped }) => reserveDropped(commands, uris));
      inBackground(reserving, onFailure);
    }),
    live.onDidChange(() => changed.fire(live.overview)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(CONFIGURATION)) {
        inBackground(live.reconfigure(), onFailure);
      }
    }),
    // Whose store it is on a server, the first folder may say; and what is read there names projects by the folders here.
    vscode.workspace.onDidChangeWorkspaceFolders(() => inBackground(live.reconfigure(), onFailure)),
    projects.onDidChange(() => {
      if (live.kind === 'postgres') {
        inBackground(live.refresh(), onFailure);
      }
    }),
    // Timers stand still while a machine sleeps, and the clock may have been set: look when the person comes back.
    onDidGainFocus(() => inBackground(live.refresh(), onFailure)),
    {
      dispose: () =>
        inBackground(
          followers.then((made) => made.dispose()),
          onFailure,
        ),
    },
    restoreDrafts(onFailure),
    new Terminals(context, onFailure),
    new LanguageModelTools(context, live, log),
    restoredTimeline(commands),
    mcpServer,
    own,
    drift,
    view,
    messages,
    arrangement,
    projects,
    statusBar,
    documents,
    changed,
    live,
    passwords,
    log,
    settings,
  );
  inBackground(removeDemosLeft(context.globalStorageUri), onFailure);
  return {
    apiVersion: 1,
    onDidChange: changed.event,
    overview: () => live.overview,
    // Looked up at each call: another folder in the settings means other operations.
    register: (input) => live.coordination.register(input),
    list: (input) => live.coordination.list(input),
    show: (input) => live.coordination.show(input),
    heartbeat: (input) => live.coordination.heartbeat(input),
    reserve: (input) => live.coordination.reserve(input),
    reserveAll: (input) => live.coordination.reserveAll(input),
    release: (input) => live.coordination.release(input),
    releaseAll: (input) => live.coordination.releaseAll(input),
    renew: (input) => live.coordination.renew(input),
    check: (input) => live.coordination.check(input),
    request: (input) => live.coordination.request(input),
    forceRelease: (input) => live.coordination.forceRelease(input),
    status: (input) => live.coordination.status(input),
    history: (input) => live.coordination.history(input),
    timeline: (input) => live.coordination.timeline(input),
    watch: (input) => live.coordination.watch(input),
    send: (input) => live.coordination.send(input),
    inbox: (input) => live.coordination.inbox(input),
    read: (input) => live.coordination.read(input),
    ack: (input) => live.coordination.ack(input),
    showMessage: (input) => live.coordination.showMessage(input),
    doctor: (input) => live.coordination.doctor(input),
    ...(context.extensionMode === vscode.ExtensionMode.Test
      ? { internals: { live, view, messages, statusBar, memory, commands, mcpServer } }
      : {}),
  };
}

/** A window that was closed has not left its demo: looks whether there is any, and only then loads what removes it. */
async function removeDemosLeft(storage: vscode.Uri): Promise<void> {
  if (await stat(vscode.Uri.joinPath(storage, 'demo').fsPath).catch(() => undefined)) {
    await (await import('./demo/demo')).removeLeft(storage);
  }
}
