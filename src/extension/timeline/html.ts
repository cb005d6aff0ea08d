/** The page of the timeline. It loads one script of ours, and nothing else: texts come as messages, and are set as text. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import style from '../../timelinePage/page.css';
import page from '../../timelinePage/page.html.txt';

export function html(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const parts: Readonly<Record<string, string>> = {
    nonce,
    style,
    policy: contentSecurityPolicy(nonce),
    language: escaped(vscode.env.language),
    title: escaped(vscode.l10n.t('Reservations Timeline')),
    script: escaped(webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'timelinePage.js')).toString()),
  };
  return page.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '');
}

function contentSecurityPolicy(nonce: string): string {
  return ["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src 'nonce-${nonce}'`].join('; ');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
