/** The questions of a reservation: which scope, for which bead, for how long. */

import * as vscode from 'vscode';
import { withoutIcons, withoutLinks } from '../core/display';
import { knownBeads } from '../core/overview';
import { isWorthAWarning, type Preview } from '../core/preview';
import { isTtl } from '../core/reservation';
import { isAbsoluteScope } from '../core/scope/path';
import { parseScope } from '../core/scope/scope';
import { explain } from './errorWording';
import type { LiveStore } from './liveStore';
import { askWithPreview } from './previewStep';
import { type Place as ProjectPlace, placeOf } from './projects';
import { type Answer, askInSteps, askPick, askText, BACK, type Choice, type Place } from './quickInput';
import { previewOf } from './scopePreview';
import { folderHere, type Target, targetOf, uriOfActiveEditor } from './scopes';
import { defaultTtl } from './settings';
import { duration, rules } from './wording';

const USUAL_TTLS = [30, 120, 480];
const LAST_BEAD = 'lastBead';
const OTHER = 'other';

export interface ReservationAnswers {
  readonly targets: readonly Target[];
  readonly bead: string;
  /** Minutes. */
  readonly ttl: number;
}

export interface Given {
  readonly targets: readonly Target[];
  /** Minutes; asked for unless given. */
  readonly ttl?: number;
}

type Step = (place: Place) => Promise<Answer<unknown>>;

/** Asks for what is not given of the scope, the bead and the TTL; undefined where the person gave up. */
export async function askReservation(
  live: LiveStore,
  memory: vscode.Memento,
  given: Given,
): Promise<ReservationAnswers | undefined> {
  const cancelling = new vscode.CancellationTokenSource();
  try {
    return await ask(live, memory, given, cancelling.token);
  } finally {
    // Who gave up, or did not wait, needs no preview any more.
    cancelling.cancel();
    cancelling.dispose();
  }
}

async function ask(
  live: LiveStore,
  memory: vscode.Memento,
  given: Given,
  token: vscode.CancellationToken,
): Promise<ReservationAnswers | undefined> {
  const title = titleFor(given.targets);
  const asksScope = given.targets.length === 0;
  const asksFolder = asksScope && (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
  let { targets } = given;
  let folder = folderHere();
  let place = folder && (await placeOf(folder.uri));
  let scope = asksScope ? await scopeHere() : '';
  let bead = '';
  let ttl = given.ttl ?? defaultTtl();
  let preview: Promise<Preview | undefined> = asksScope ? Promise.resolve(undefined) : previewOf(live, targets, token);
  const folderStep: Step = async (at) => {
    const answer = await askFolder(title, at, folder);
    folder = typeof answer === 'object' ? answer : folder;
    place = folder && (await placeOf(folder.uri));
    return answer;
  };
  const scopeStep: Step = async (at) => {
    const answer = await askScope(title, at, scope, place);
    if (typeof answer === 'string') {
      scope = answer;
      targets = [{ scope, place }];
      preview = previewOf(live, targets, token);
    }
    return answer;
  };
  const beadStep: Step = async (place) => {
    const answer = await askBead(title, place, beadsToOffer(live, memory, bead));
    bead = typeof answer === 'string' ? answer : bead;
    return answer;
  };
  const ttlStep: Step = async (place) => {
    const answer = await askTtl(title, vscode.l10n.t('How long you need it'), place, ttl);
    ttl = typeof answer === 'number' ? answer : ttl;
    return answer;
  };
  const previewStep: Step = (place) =>
    askWithPreview(asksScope ? titleFor(targets) : title, place, { bead, ttl }, preview);
  const answered = await askInSteps([
    ...(asksFolder ? [folderStep] : []),
    ...(asksScope ? [scopeStep] : []),
    beadStep,
    ...(given.ttl === undefined ? [ttlStep] : []),
    // Who points at files and folders knows what they are, unless there is something else to know.
    ...(asksScope || isTelling(await preview) ? [previewStep] : []),
  ]);
  return answered ? { targets, bead, ttl } : undefined;
}

function isTelling(preview: Preview | undefined): boolean {
  return preview !== undefined && isWorthAWarning(preview);
}

function titleFor(targets: readonly Target[]): string {
  const [first] = targets;
  if (!first) {
    return vscode.l10n.t('Reserve Scope');
  }
  return targets.length === 1
    ? vscode.l10n.t('Reserve {0}', withoutIcons(first.scope))
    : vscode.l10n.t('Reserve {0} Scopes', targets.length);
}

/** The next reservation of this workspace is most likely for the same bead. */
export function rememberBead(memory: vscode.Memento, bead: string): Thenable<void> {
  return memory.update(LAST_BEAD, bead);
}

async function scopeHere(): Promise<string> {
  const uri = uriOfActiveEditor();
  return (uri && (await targetOf(uri))?.scope) ?? '';
}

/** Only where there are several. */
function askFolder(
  title: string,
  place: Place,
  current: vscode.WorkspaceFolder | undefined,
): Promise<Answer<vscode.WorkspaceFolder>> {
  return askPick<vscode.WorkspaceFolder>({
    ...place,
    title,
    placeholder: vscode.l10n.t('The folder of the workspace that the scope is relative to'),
    choices: () =>
      (vscode.workspace.workspaceFolders ?? []).map((folder) => ({
        value: folder,
        label: withoutIcons(folder.name),
        description: withoutIcons(folder.uri.fsPath),
      })),
    isActive: (folder) => folder === current,
  });
}

async function askScope(
  title: string,
  step: Place,
  value: string,
  place: ProjectPlace | undefined,
): Promise<Answer<string>> {
  const isFolder = vscode.workspace.workspaceFolders?.some(({ uri }) => uri.toString() === place?.root.toString());
  const answer = await askText({
    ...step,
    title,
    value,
    prompt:
      !place || isFolder
        ? vscode.l10n.t('A file, a folder or a pattern, relative to the workspace')
        : vscode.l10n.t(
            'A file, a folder or a pattern, relative to {0}',
            withoutLinks(withoutIcons(place.root.fsPath)),
          ),
    placeholder: vscode.l10n.t('for example: src/auth/**'),
    validate: (text) => {
      if (!text) {
        return vscode.l10n.t('Name the scope to reserve.');
      }
      if (isAbsoluteScope(text)) {
        return vscode.l10n.t('Give a path relative to the workspace.');
      }
      const parsed = parseScope(text, place);
      return parsed.ok ? undefined : explain(parsed.error);
    },
  });
  return typeof answer === 'string' ? answer.replaceAll('\\', '/') : answer;
}

/** What was chosen last in this workspace goes first, then what the store knows. */
export function beadsToOffer(live: LiveStore, memory: vscode.Memento, chosen: string): readonly string[] {
  const remembered = chosen || memory.get<string>(LAST_BEAD, '');
  return [...new Set([...(remembered ? [remembered] : []), ...knownBeads(live.snapshot)])];
}

export function askBead(title: string, place: Place, offered: readonly string[]): Promise<Answer<string>> {
  return askPick<string>({
    ...place,
    title,
    placeholder: vscode.l10n.t('The bead (issue) that the work is for: choose one, or type its id'),
    free: (typed) => typed || undefined,
    choices: (typed) => [
      ...(typed && !offered.includes(typed)
        ? [{ value: typed, label: withoutIcons(typed), description: vscode.l10n.t('as typed'), alwaysShow: true }]
        : []),
      ...offered.map((bead) => ({ value: bead, label: withoutIcons(bead) })),
    ],
  });
}

/** "Other…" leads to a further question, whose way back leads here. */
export async function askTtl(
  title: string,
  placeholder: string,
  place: Partial<Place>,
  current: number,
): Promise<Answer<number>> {
  for (;;) {
    const ttls = [...new Set([...USUAL_TTLS, current])].sort((left, right) => left - right);
    const choices: readonly Choice<number | typeof OTHER>[] = [
      ...ttls.map((minutes) => ({ value: minutes, label: duration(minutes) })),
      { value: OTHER, label: vscode.l10n.t('Other…') },
    ];
    const picked = await askPick<number | typeof OTHER>({
      ...place,
      title,
      placeholder,
      choices: () => choices,
      isActive: (value) => value === current,
    });
    if (picked !== OTHER) {
      return picked;
    }
    const typed = await askText({
      ...place,
      title,
      prompt: rules.ttl(),
      value: String(current),
      validate: (text) => (/^\d+$/.test(text) && isTtl(Number(text)) ? undefined : rules.ttl()),
    });
    if (typed !== BACK) {
      return typed === undefined ? undefined : Number(typed);
    }
  }
}
