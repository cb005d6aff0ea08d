/**
 * Drafts that come back with their window: VS Code opens them before it knows the language of drafts, as plain text, and then
 * nothing would send them.
 */

import * as vscode from 'vscode';
import { isDraftText } from '../../core/draft';
import { DRAFT_LANGUAGE } from '../contributions';

export function restoreDrafts(): vscode.Disposable {
  const look = async (document: vscode.TextDocument) => {
    if (document.isUntitled && document.languageId === 'plaintext' && isDraftText(document.getText())) {
      await vscode.languages.setTextDocumentLanguage(document, DRAFT_LANGUAGE);
    }
  };
  for (const document of vscode.workspace.textDocuments) {
    void look(document);
  }
  return vscode.workspace.onDidOpenTextDocument(look);
}
