/** What the commands work with, passed in so that none reaches for a global. */

import * as vscode from 'vscode';
import type { Envelope, ErrorBody } from '../../core/envelope';
import type { ProblemKind } from '../../store/problem';
import { COMMANDS } from '../contributions';
import type { Documents } from '../documents';
import type { Drift } from '../drift';
import type { Followers } from '../followers';
import { chooseAgent } from '../identity';
import type { LiveStore } from '../liveStore';
import type { MessagesView } from '../messages/messagesView';
import { explainNotSent } from '../messages/refusalWording';
import { type Action, tell, tellError, tellProblem } from '../notify';
import type { OwnHere } from '../ownHere';
import type { Passwords } from '../postgres/passwords';
import { serverTrouble } from '../postgres/serverProblem';
import type { Projects } from '../projects';
import { openSetting } from '../storeSource';
import type { Arrangement } from '../view/arrangement';
import type { ReservationsView } from '../view/reservationsView';

export interface CommandContext {
  readonly live: LiveStore;
  readonly view: ReservationsView;
  readonly messages: MessagesView;
  /** What the person holds and this window answers for. */
  readonly own: OwnHere;
  readonly projects: Projects;
  readonly drift: Drift;
  /** Made once the store has been read. */
  readonly followers: Promise<Followers>;
  readonly arrangement: Arrangement;
  readonly documents: Documents;
  readonly log: vscode.LogOutputChannel;
  readonly memory: vscode.Memento;
  readonly passwords: Passwords;
  /** A folder of the extension's own, on the machine that it runs on. */
  readonly storageUri: vscode.Uri;
  /** Where the extension is installed. */
  readonly extensionUri: vscode.Uri;
}

/** A command's handler; what it resolves to is what `executeCommand` answers. */
export type Handler = (...args: readonly unknown[]) => Promise<unknown>;

/** Shows a failure, with what helps against it, and passes the envelope on. */
export function told<T>(context: CommandContext, envelope: Envelope<T>, actions: readonly Action[] = []): Envelope<T> {
  if (!envelope.ok) {
    const { error } = envelope;
    context.log.warn(`${envelope.command}: ${error.code}: ${error.message}`);
    tellError(error, [...actions, ...remedies(context, error)], explainNotSent(error));
  }
  return envelope;
}

/** Tells that there is nothing to choose; of a store that cannot be read nobody knows, and that is told instead. */
export function tellNone({ live }: CommandContext, text: string): void {
  if (live.state.kind === 'unreadable') {
    tellProblem(live.state.problem);
  } else {
    tell(text);
  }
}

function remedies(context: CommandContext, error: ErrorBody): readonly Action[] {
  switch (error.code) {
    case 'AGENT_NOT_FOUND':
    case 'UNKNOWN_SENDER':
      return [{ title: vscode.l10n.t('Choose Agent…'), run: () => chooseAgent(context.live) }];
    case 'INTERNAL_ERROR':
      if (context.live.kind === 'postgres') {
        return serverRemedies(context, error);
      }
      return [
        {
          title: vscode.l10n.t('Check the Store…'),
          run: () => vscode.commands.executeCommand(COMMANDS.checkStore),
        },
        {
          title: vscode.l10n.t('Open Store Folder'),
          run: () => vscode.commands.executeCommand(COMMANDS.openStoreFolder),
        },
        { title: vscode.l10n.t('Show Log'), run: () => context.log.show() },
      ];
    default:
      return [];
  }
}

function serverRemedies({ live, log }: CommandContext, { details }: ErrorBody): readonly Action[] {
  const command = (title: string, id: string) => ({ title, run: () => vscode.commands.executeCommand(id) });
  const { cause = '', path = '', ...facts } = details ?? {};
  const problem = { kind: cause as ProblemKind, path: String(path), facts };
  const trouble = serverTrouble(problem);
  return [
    ...(trouble === 'PASSWORD' ? [command(vscode.l10n.t('Enter Password…'), COMMANDS.enterPassword)] : []),
    ...(trouble === 'SCHEMA_TOO_OLD' ? [command(vscode.l10n.t('Open a Terminal'), COMMANDS.prepareServer)] : []),
    ...(trouble === 'PASSWORD_IN_URL'
      ? [command(vscode.l10n.t('Move It to the Secret Storage'), COMMANDS.movePassword)]
      : []),
    ...(trouble === 'UNREACHABLE' ? [{ title: vscode.l10n.t('Connect Again'), run: () => live.retry() }] : []),
    {
      title: vscode.l10n.t('Open Settings'),
      run: () => openSetting(trouble === 'NO_NAMESPACE' ? 'namespace' : 'postgres.url'),
    },
    { title: vscode.l10n.t('Show Log'), run: () => log.show() },
  ];
}

/** The argument as an object with perhaps these fields: callers may pass anything. */
export function record(argument: unknown): Readonly<Record<string, unknown>> {
  return typeof argument === 'object' && argument !== null ? (argument as Record<string, unknown>) : {};
}

/** A field of an argument, where it is text. */
export function text(argument: unknown, field: string): string | undefined {
  const value = record(argument)[field];
  return typeof value === 'string' ? value : undefined;
}
