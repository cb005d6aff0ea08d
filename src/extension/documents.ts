/** Read-only plain-text documents: one for each message, one for the status. */

import * as vscode from 'vscode';
import { aligned } from '../core/columns';
import { plainLines } from '../core/display';
import { isMessageId, type Message } from '../core/message';
import { DOCUMENT_LANGUAGE, DOCUMENT_SCHEME } from './contributions';
import { categoryName, localTime } from './wording';

const ENDING = '.txt';

/** Holds the text of what is open, so that a document follows its message when it is acknowledged. */
export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly disposables: vscode.Disposable[] = [
    this.changed,
    vscode.workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, this),
    vscode.workspace.onDidCloseTextDocument(({ uri, isClosed }) => {
      // VS Code tells of a document that is given another language as of one that is closed and opened.
      if (uri.scheme === DOCUMENT_SCHEME && isClosed) {
        this.texts.delete(uri.path);
      }
    }),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.path) ??
      vscode.l10n.t('This text is not at hand any more. Open it from the Reservations view.')
    );
  }

  openMessage(message: Message): Promise<vscode.TextEditor> {
    return this.open(messageUri(message), messageText(message));
  }

  /** Rewrites the document of a message, if it is open. */
  updateMessage(message: Message): void {
    const uri = messageUri(message);
    if (this.texts.has(uri.path)) {
      this.set(uri, messageText(message));
    }
  }

  openStatus(text: string): Promise<vscode.TextEditor> {
    return this.open(documentUri(`/${vscode.l10n.t('Reservations Status')}`), text);
  }

  openAccessibilityHelp(text: string): Promise<vscode.TextEditor> {
    return this.open(documentUri(`/${vscode.l10n.t('Reservations Accessibility Help')}`), text);
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private async open(uri: vscode.Uri, text: string): Promise<vscode.TextEditor> {
    this.set(uri, text);
    const document = await vscode.workspace.openTextDocument(uri);
    const worded = await vscode.languages.setTextDocumentLanguage(document, DOCUMENT_LANGUAGE);
    return await vscode.window.showTextDocument(worded, { preview: true });
  }

  private set(uri: vscode.Uri, text: string): void {
    this.texts.set(uri.path, plainLines(text));
    this.changed.fire(uri);
  }
}

function documentUri(path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path: `${path}${ENDING}` });
}

function messageUri(message: Message): vscode.Uri {
  if (!isMessageId(message.message_id)) {
    throw new Error('Refusing to build a document name from an unchecked id.');
  }
  return documentUri(`/${message.message_id}`);
}

function messageText(message: Message): string {
  const rows: (readonly [string, string])[] = [
    [vscode.l10n.t('Subject'), message.subject],
    [vscode.l10n.t('Category'), categoryName(message.category)],
    [vscode.l10n.t('From'), message.from_agent],
    [vscode.l10n.t('To'), message.to_agent],
    [vscode.l10n.t('Bead'), message.bead_id],
    [vscode.l10n.t('Thread'), message.thread_id],
    [vscode.l10n.t('Sent'), localTime(message.created_at)],
    ...(message.read_at ? [[vscode.l10n.t('Read'), localTime(message.read_at)] as const] : []),
    [
      vscode.l10n.t('Acknowledged'),
      message.acked_at
        ? localTime(message.acked_at)
        : message.requires_ack
          ? vscode.l10n.t('not yet')
          : vscode.l10n.t('not needed'),
    ],
  ];
  return `${aligned(rows)}\n\n${message.body}\n`;
}
