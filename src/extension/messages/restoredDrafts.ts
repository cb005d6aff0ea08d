/**
 * Drafts that come back with their window: VS Code opens them before it knows the language of drafts, as plain text, and then
 * nothing would send them.
 */

import * as vscode from 'vscode';
import { isDraftText } from '../../core/draft';
import { inBackground, type OnFailure } from '../../util/background';
import { DRAFT_LANGUAGE } from '../contributions';

export function restoreDrafts(onFailure: OnFailure): vscode.Disposable {
  const look = (document: vscode.TextDocument) => {
    if (document.isUntitled && document.languageId === 'plaintext' && isDraftText(document.getText())) {
      inBackground(vscode.languages.setTextDocumentLanguage(document, DRAFT_LANGUAGE), onFailure);
    }
  };
  for (const document of vscode.workspace.textDocuments) {
    look(document);
  }
  return vscode.workspace.onDidOpenTextDocument(look);
}
