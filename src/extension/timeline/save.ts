/** Writes what the timeline shows to a file that the person chooses. */

import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { withoutLinks } from '../../core/display';
import { tell } from '../notify';

/** Nothing is written where no file is chosen. */
export async function save(kind: 'csv' | 'svg', text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, `reservations.${kind}`),
    filters: kind === 'csv' ? { CSV: ['csv'] } : { SVG: ['svg'] },
    title: kind === 'csv' ? vscode.l10n.t('Save the Timeline as CSV') : vscode.l10n.t('Save the Timeline as SVG'),
  });
  if (chosen) {
    await vscode.workspace.fs.writeFile(chosen, Buffer.from(text, 'utf8'));
    tell(vscode.l10n.t('Saved: {0}', withoutLinks(vscode.workspace.asRelativePath(chosen))));
  }
}
