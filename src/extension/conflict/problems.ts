/** The Problems entries of files that another holds, with what can be done about each. */

import * as vscode from 'vscode';
import { oneLine } from '../../core/display';
import type { ActiveItem } from '../../core/overview';
import { COMMANDS } from '../contributions';
import { holdingLine } from '../wording';

const TOP_OF_FILE = new vscode.Range(0, 0, 0, 0);

export class ConflictProblems implements vscode.CodeActionProvider, vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('agentReservations');
  private readonly itemsOf = new Map<string, readonly ActiveItem[]>();
  private readonly disposables: readonly vscode.Disposable[] = [
    this.collection,
    vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
  ];

  /** Who else holds the file; none takes the entries away. */
  set(uri: vscode.Uri, others: readonly ActiveItem[]): void {
    const key = uri.toString();
    if (others.length === 0) {
      this.itemsOf.delete(key);
      this.collection.delete(uri);
      return;
    }
    this.itemsOf.set(key, others);
    this.collection.set(uri, others.map(asDiagnostic));
  }

  provideCodeActions(
    { uri }: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const ours = this.collection.get(uri) ?? [];
    return (this.itemsOf.get(uri.toString()) ?? []).flatMap((item, index) => {
      const shown = diagnostics.find(({ message }) => message === ours[index]?.message);
      return shown ? actionsFor(item, shown) : [];
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }
}

function asDiagnostic(item: ActiveItem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(
    TOP_OF_FILE,
    vscode.l10n.t('You changed this file. {0}', holdingLine(item, new Date())),
    vscode.DiagnosticSeverity.Warning,
  );
  diagnostic.source = vscode.l10n.t('Reservations');
  return diagnostic;
}

function actionsFor({ reservation }: ActiveItem, diagnostic: vscode.Diagnostic): readonly vscode.CodeAction[] {
  const actions = [
    [vscode.l10n.t('Ask {0} to Release…', oneLine(reservation.agent_id)), COMMANDS.askToRelease],
    [vscode.l10n.t('Open Reservation'), COMMANDS.openReservation],
  ] as const;
  return actions.map(([title, command]) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { title, command, arguments: [{ reservation }] };
    action.diagnostics = [diagnostic];
    return action;
  });
}
