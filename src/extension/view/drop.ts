/** Files and folders from the Explorer, or an editor's tab, can be dropped on the view. Nothing is dragged out of it. */

import * as vscode from 'vscode';
import type { Node } from './nodes';

const URI_LIST = 'text/uri-list';

export class DropTarget implements vscode.TreeDragAndDropController<Node>, vscode.Disposable {
  readonly dropMimeTypes = [URI_LIST];
  readonly dragMimeTypes = [];
  private readonly dropped = new vscode.EventEmitter<readonly vscode.Uri[]>();
  readonly onDidDrop = this.dropped.event;

  async handleDrop(_target: Node | undefined, transfer: vscode.DataTransfer): Promise<void> {
    const uris = parseUriList((await transfer.get(URI_LIST)?.asString()) ?? '');
    if (uris.length > 0) {
      // VS Code waits for this promise before it lets go of what was dragged, so no question is asked in it.
      this.dropped.fire(uris);
    }
  }

  dispose(): void {
    this.dropped.dispose();
  }
}

/** A line for each; those that begin with # are remarks. */
function parseUriList(list: string): readonly vscode.Uri[] {
  return list
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => vscode.Uri.parse(line));
}
