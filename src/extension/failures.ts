import type * as vscode from 'vscode';
import type { OnFailure } from '../util/background';

/** Where the failures of what nobody waits for go: into the log of the extension. */
export function failuresTo(log: vscode.LogOutputChannel): OnFailure {
  return (error) => log.error(error instanceof Error ? error : String(error));
}
