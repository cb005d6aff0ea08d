/** The last step before scopes are reserved: what they match, what of it is changed, and what others hold. */

import * as vscode from 'vscode';
import { withoutIcons } from '../core/display';
import { type Held, MANY_FILES, type Preview, type PreviewFile } from '../core/preview';
import type { Overlap } from '../core/scope/relation';
import { type Answer, askToGoOn, type Place } from './quickInput';
import { duration, inSentence, localTime } from './wording';

const SHOWN_FILES = 10;
const SHOWN_HELD = 5;

export interface Wanted {
  readonly bead: string;
  /** Minutes. */
  readonly ttl: number;
}

export function askWithPreview(
  title: string,
  place: Place,
  { bead, ttl }: Wanted,
  preview: Promise<Preview | undefined>,
): Promise<Answer<true>> {
  return askToGoOn({
    ...place,
    title,
    placeholder: vscode.l10n.t('Press Enter to reserve it'),
    first: [
      {
        label: `$(check) ${vscode.l10n.t('Reserve')}`,
        description: vscode.l10n.t('for {0}, {1}', withoutIcons(bead), duration(ttl)),
        alwaysShow: true,
      },
    ],
    rest: preview.then((found) => (found ? facts(found) : [])),
  });
}

function facts(preview: Preview): readonly vscode.QuickPickItem[] {
  const { files, held } = preview;
  return [
    separator(vscode.l10n.t('What it matches')),
    countFact(preview),
    ...changedFact(files),
    ...(held.length > 0 ? [separator(vscode.l10n.t('In the way'))] : []),
    ...held.slice(0, SHOWN_HELD).map(heldFact),
    ...moreFact(held.length - SHOWN_HELD),
    ...(files.length > 0 ? [separator(vscode.l10n.t('Files'))] : []),
    ...files.slice(0, SHOWN_FILES).map(fileFact),
    ...moreFact(files.length - SHOWN_FILES),
  ];
}

function countFact({ files, more }: Preview): vscode.QuickPickItem {
  const { length } = files;
  if (length >= MANY_FILES && more) {
    return warning(vscode.l10n.t('More than {0} files', MANY_FILES.toLocaleString(vscode.env.language)));
  }
  if (more) {
    return warning(
      vscode.l10n.t('{0} files, and there may be more', length),
      vscode.l10n.t('too many to look through'),
    );
  }
  if (length === 0) {
    return warning(vscode.l10n.t('Nothing'), vscode.l10n.t('no file of this workspace yet'));
  }
  return {
    label: `$(files) ${length === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', length)}`,
    alwaysShow: true,
  };
}

function changedFact(files: readonly PreviewFile[]): readonly vscode.QuickPickItem[] {
  const changed = files.filter((file) => file.changed);
  if (changed.length === 0) {
    return [];
  }
  return [
    {
      label: `$(diff-modified) ${vscode.l10n.t('{0} with uncommitted changes', changed.length)}`,
      description: withoutIcons(inSentence(changed.map(({ path }) => path))),
    },
  ];
}

function heldFact({ reservation: { scope, agent_id, expires_at }, overlap }: Held): vscode.QuickPickItem {
  return {
    label: `$(lock) ${withoutIcons(scope)}`,
    description: vscode.l10n.t('{0} until {1}', withoutIcons(agent_id), localTime(expires_at)),
    detail: toBeReleasedFirst(overlap),
  };
}

function fileFact({ path, changed, holders }: PreviewFile): vscode.QuickPickItem {
  if (holders.length === 0) {
    return { label: `$(file) ${withoutIcons(path)}`, description: changed ? vscode.l10n.t('changed') : '' };
  }
  const who = withoutIcons(inSentence(holders));
  return {
    label: `$(lock) ${withoutIcons(path)}`,
    description: changed ? vscode.l10n.t('changed, held by {0}', who) : vscode.l10n.t('held by {0}', who),
  };
}

function moreFact(count: number): readonly vscode.QuickPickItem[] {
  return count > 0 ? [{ label: vscode.l10n.t('and {0} more', count) }] : [];
}

function warning(text: string, description = ''): vscode.QuickPickItem {
  return { label: `$(warning) ${text}`, description, alwaysShow: true };
}

function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

function toBeReleasedFirst(overlap: Overlap): string {
  switch (overlap) {
    case 'exact':
      return vscode.l10n.t('It is the same scope, and has to be released first.');
    case 'contains':
      return vscode.l10n.t('It contains the scope you ask for, and has to be released first.');
    case 'within':
      return vscode.l10n.t('It is part of the scope you ask for, and has to be released first.');
    case 'partial':
      return vscode.l10n.t('It has files in common with the scope you ask for, and has to be released first.');
  }
}
