/** Where the person changes what another holds: told once, and kept among the Problems until it is free. */

import * as vscode from 'vscode';
import { keyOf } from '../../core/attention';
import { withoutLinks } from '../../core/display';
import type { ActiveItem } from '../../core/overview';
import type { Reservation } from '../../core/reservation';
import { inBackground, type OnFailure } from '../../util/background';
import { Remembered } from '../attention/memory';
import { COMMANDS, CONFIGURATION } from '../contributions';
import type { Holders } from '../holders';
import { type Action, tellWarning } from '../notify';
import { conflictMode } from '../settings';
import { localTime } from '../wording';
import type { ConflictProblems } from './problems';

export class Conflicts implements vscode.Disposable {
  /** Files that the person is changing, or has changed while another holds them. */
  private readonly watched = new Map<string, vscode.Uri>();
  /** Of which file and holder the person has been told; forgotten when the file is free. */
  private readonly told = new Map<string, Set<string>>();
  private readonly muted: Remembered;
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly holders: Holders,
    private readonly problems: ConflictProblems,
    memory: vscode.Memento,
    private readonly onFailure: OnFailure,
  ) {
    this.muted = new Remembered(memory, 'conflicts.muted');
    this.disposables = [
      // What changes on disk is read again, and leaves no editor unsaved: that was not the person.
      // Of an edit by another extension, VS Code says first what changed, and only then, without changes, that it is unsaved.
      vscode.workspace.onDidChangeTextDocument(({ document }) => document.isDirty && this.onEdit(document.uri)),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => notebook.isDirty && this.onEdit(notebook.uri)),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.lookSoon(uri)),
      vscode.workspace.onDidSaveNotebookDocument(({ uri }) => this.lookSoon(uri)),
      holders.onDidChange(() => this.lookAtAll()),
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration(`${CONFIGURATION}.onConflict`) && this.lookAtAll(),
      ),
    ];
    // Of an earlier window, or of the moments since this one came.
    for (const uri of unsavedFiles()) {
      this.onEdit(uri);
    }
  }

  /** Tells of those of whom it has not been told for this file, with what can be done. */
  tellOnce(
    uri: vscode.Uri,
    others: readonly ActiveItem[],
    text: (item: Reservation, file: string) => string,
    actionsFor: (item: Reservation) => readonly Action[],
  ): void {
    const key = uri.toString();
    const told = this.told.get(key) ?? new Set();
    this.told.set(key, told);
    for (const { reservation } of others) {
      if (!told.has(reservation.agent_id) && !this.muted.has(keyOf(reservation))) {
        told.add(reservation.agent_id);
        tellWarning(text(reservation, nameOf(uri)), actionsFor(reservation));
      }
    }
  }

  /** The file is held by nobody else any more. */
  forget(uri: vscode.Uri): void {
    this.told.delete(uri.toString());
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private onEdit(uri: vscode.Uri): void {
    // Called at each key: what is watched already has been looked at.
    if (uri.scheme === 'file' && !this.watched.has(uri.toString())) {
      this.watched.set(uri.toString(), uri);
      this.lookSoon(uri);
    }
  }

  private lookAtAll(): void {
    for (const uri of this.watched.values()) {
      this.lookSoon(uri);
    }
  }

  private lookSoon(uri: vscode.Uri): void {
    inBackground(this.look(uri), this.onFailure);
  }

  private async look(uri: vscode.Uri): Promise<void> {
    const mode = conflictMode();
    const warns = mode === 'warn' || mode === 'readonly';
    const others = warns ? await othersHolding(this.holders, uri) : [];
    this.problems.set(uri, others);
    if (others.length > 0) {
      this.watched.set(uri.toString(), uri);
      this.tellOnce(uri, others, warning, (reservation) => [...waysOut(reservation), this.mute(reservation)]);
      return;
    }
    this.forget(uri);
    if (!isUnsaved(uri)) {
      this.watched.delete(uri.toString());
    }
  }

  private mute(reservation: Reservation): Action {
    return { title: vscode.l10n.t('Don’t Show for This One'), run: () => this.muted.add([keyOf(reservation)]) };
  }
}

export function waysOut(reservation: Reservation): readonly Action[] {
  return [
    {
      title: vscode.l10n.t('Ask to Release…'),
      run: () => vscode.commands.executeCommand(COMMANDS.askToRelease, { reservation }),
    },
    {
      title: vscode.l10n.t('Open Reservation'),
      run: () => vscode.commands.executeCommand(COMMANDS.openReservation, { reservation }),
    },
  ];
}

export async function othersHolding(holders: Holders, uri: vscode.Uri): Promise<readonly ActiveItem[]> {
  const { covering } = await holders.held(uri);
  return covering.filter(({ mine }) => !mine);
}

export function isUnsaved(uri: vscode.Uri): boolean {
  const key = uri.toString();
  return unsavedFiles().some((unsaved) => unsaved.toString() === key);
}

function unsavedFiles(): readonly vscode.Uri[] {
  const open = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  return open.filter(({ isDirty }) => isDirty).map(({ uri }) => uri);
}

function nameOf(uri: vscode.Uri): string {
  return withoutLinks(uri.path.slice(uri.path.lastIndexOf('/') + 1));
}

function warning({ agent_id, scope, expires_at }: Reservation, file: string): string {
  return vscode.l10n.t(
    'You are changing {0}, which {1} holds until {2} (“{3}”).',
    file,
    withoutLinks(agent_id),
    localTime(expires_at),
    withoutLinks(scope),
  );
}
