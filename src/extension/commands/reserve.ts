/** Reserve Scope…, Reserve This File…, Reserve This Folder… and Take Over. */

import * as vscode from 'vscode';
import { withoutIcons, withoutLinks } from '../../core/display';
import type { ReserveInput } from '../../core/reserve';
import { requireAgent } from '../identity';
import { type Action, tell } from '../notify';
import { askPick } from '../quickInput';
import { askReservation, type Given, rememberBead } from '../reserveQuestions';
import { distinct, placeHere, type Target, targetOf, uriOfActiveEditor } from '../scopes';
import { defaultTtl } from '../settings';
import { timeSince } from '../wording';
import { type CommandContext, type Handler, record, tellNone, text } from './context';
import { asInput, type Granted, grant } from './grant';

/**
 * `{ scope, bead, ttl?, takeoverStale?, agent? }` reserves without a question; with fewer of them, or none, the person
 * is asked for the rest. Answers the envelope, or undefined where the person gave up.
 */
export function reserve(context: CommandContext): Handler {
  return async (argument) => {
    const given = record(argument);
    const scope = text(argument, 'scope') ?? '';
    const bead = text(argument, 'bead') ?? '';
    const agent = text(argument, 'agent') ?? (await requireAgent(context.live));
    if (!agent) {
      return undefined;
    }
    if (scope && bead) {
      return await grant(context, {
        agent,
        ...asInput({ scope, place: await placeHere() }),
        bead,
        ttl: 'ttl' in given ? (given['ttl'] as number) : defaultTtl(),
        takeoverStale: given['takeoverStale'] === true,
      });
    }
    const targets = scope ? [{ scope, place: await placeHere() }] : [];
    const [first] = await askAndReserve(context, agent, { targets });
    return first;
  };
}

/** From a context menu: the file or folder, and all that are selected with it. From the palette: the active editor's. */
export function reserveUri(context: CommandContext, kind: 'file' | 'folder'): Handler {
  return async (uri, selected) => {
    const uris = (Array.isArray(selected) && selected.length > 0 ? selected : [uri]).filter(isUri);
    const given = uris.length > 0 ? uris : await fallbackUris(kind);
    if (given.length === 0) {
      // Who is asked for a folder and names none has given up.
      if (kind === 'file') {
        tell(vscode.l10n.t('There is no file of this workspace to reserve. Open one, or use Reserve Scope….'));
      }
      return undefined;
    }
    const envelopes = await reserveUris(context, given);
    return envelopes.length > 1 ? envelopes : envelopes[0];
  };
}

/** What was dropped on the view: for the usual time, only the bead is asked for. */
export function reserveDropped(context: CommandContext, uris: readonly vscode.Uri[]): Promise<readonly Granted[]> {
  return reserveUris(context, uris, defaultTtl());
}

/** Asks for what is missing to reserve these scopes. */
export async function reserveTargets(context: CommandContext, targets: readonly Target[]): Promise<readonly Granted[]> {
  const agent = await requireAgent(context.live);
  return agent ? await askAndReserve(context, agent, { targets }) : [];
}

/** What of them is in the workspace; tells of the rest. */
async function reserveUris(
  context: CommandContext,
  uris: readonly vscode.Uri[],
  ttl?: number,
): Promise<readonly Granted[]> {
  const found = await Promise.all(uris.map(async (uri) => ({ uri, target: await targetOf(uri) })));
  const outside = found.filter(({ target }) => target === undefined).map(({ uri }) => uri);
  const targets = distinct(found.map(({ target }) => target).filter((target) => target !== undefined));
  if (outside.length > 0) {
    tell(outsideText(outside));
  }
  const agent = targets.length > 0 ? await requireAgent(context.live) : undefined;
  return agent ? await askAndReserve(context, agent, { targets, ...(ttl === undefined ? {} : { ttl }) }) : [];
}

function outsideText(uris: readonly vscode.Uri[]): string {
  const [first] = uris;
  return first && uris.length === 1
    ? vscode.l10n.t('{0} is outside of this workspace; only what is in it can be reserved.', withoutLinks(first.fsPath))
    : vscode.l10n.t('{0} of them are outside of this workspace; only what is in it can be reserved.', uris.length);
}

/** An expired item of the view, or `{ scope, bead, ttl?, agent? }`; without either, the person picks one. */
export function takeOver(context: CommandContext): Handler {
  return async (argument) => {
    const agent = text(argument, 'agent') ?? (await requireAgent(context.live));
    const old = agent ? (expiredArgument(argument) ?? (await pickExpired(context))) : undefined;
    if (!agent || !old) {
      return undefined;
    }
    const ttl = record(argument)['ttl'] === undefined ? defaultTtl() : (record(argument)['ttl'] as number);
    return await grant(context, { agent, ...(await asTakenOver(context, old)), ttl, takeoverStale: true });
  };
}

/** Of its own project, where it names one; else where a scope that is typed would be. */
async function asTakenOver(
  { projects }: CommandContext,
  { scope, bead, project }: Expired,
): Promise<Pick<ReserveInput, 'scope' | 'bead' | 'project' | 'worktree' | 'foldCase'>> {
  const place = project === undefined ? await placeHere() : projects.placesOf({ project })[0];
  return { ...asInput({ scope, place }), bead, ...(project === undefined ? {} : { project }) };
}

/** Asks for what is missing, then reserves each scope; a conflict offers what can be done about it. */
async function askAndReserve(context: CommandContext, agent: string, given: Given): Promise<readonly Granted[]> {
  const answers = await askReservation(context.live, context.memory, given);
  if (!answers) {
    return [];
  }
  await rememberBead(context.memory, answers.bead);
  const envelopes: Granted[] = [];
  const another: Action = {
    title: vscode.l10n.t('Reserve Another Scope…'),
    run: () => askAndReserve(context, agent, { targets: [] }),
  };
  for (const target of answers.targets) {
    const input = { agent, ...asInput(target), bead: answers.bead, ttl: answers.ttl };
    envelopes.push(await grant(context, input, another));
  }
  return envelopes;
}

interface Expired {
  readonly scope: string;
  readonly bead: string;
  readonly project?: string | undefined;
}

function expiredArgument(argument: unknown): Expired | undefined {
  const reservation = record(record(argument)['reservation']);
  const scope = text(reservation, 'scope') ?? text(argument, 'scope');
  const bead = text(reservation, 'bead_id') ?? text(argument, 'bead');
  return scope && bead ? { scope, bead, project: text(reservation, 'project') } : undefined;
}

async function pickExpired(context: CommandContext): Promise<Expired | undefined> {
  const items = context.live.overview.expired.filter(({ canTakeOver }) => canTakeOver);
  if (items.length === 0) {
    tellNone(context, vscode.l10n.t('There is no expired reservation to take over.'));
    return undefined;
  }
  const now = context.live.now();
  const picked = await askPick({
    title: vscode.l10n.t('Take Over'),
    placeholder: vscode.l10n.t('Choose the expired reservation to take over'),
    choices: () =>
      items.map(({ reservation }) => ({
        value: reservation,
        label: withoutIcons(reservation.scope),
        description: withoutIcons(`${reservation.agent_id} · ${reservation.bead_id}`),
        detail: timeSince(reservation.expires_at, now),
      })),
  });
  return typeof picked === 'object' ? expiredArgument({ reservation: picked }) : undefined;
}

async function fallbackUris(kind: 'file' | 'folder'): Promise<readonly vscode.Uri[]> {
  if (kind === 'file') {
    const uri = uriOfActiveEditor();
    return uri ? [uri] : [];
  }
  return (
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t('Reserve'),
      ...(vscode.workspace.workspaceFolders?.[0] ? { defaultUri: vscode.workspace.workspaceFolders[0].uri } : {}),
    })) ?? []
  );
}

function isUri(value: unknown): value is vscode.Uri {
  return value instanceof vscode.Uri;
}
