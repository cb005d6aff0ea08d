/** The page of the timeline. It loads one script of ours, and nothing else: texts come as messages, and are set as text. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import style from '../../timelinePage/page.css';

export function html(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'timelinePage.js'));
  return `<!DOCTYPE html>
<html lang="${vscode.env.language.replace(/[^\w-]/g, '')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(vscode.l10n.t('Reservations Timeline'))}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main id="page"></main>
<script nonce="${nonce}" src="${escaped(script.toString())}"></script>
</body>
</html>`;
}

export function contentSecurityPolicy(nonce: string): string {
  return `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
