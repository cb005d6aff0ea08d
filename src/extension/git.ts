/** The little that is needed of VS Code's own Git extension, which may be absent, disabled or without a repository. */

import * as vscode from 'vscode';

interface Change {
  readonly uri: vscode.Uri;
}

export interface Repository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    readonly HEAD: { readonly commit?: string } | undefined;
    readonly mergeChanges: readonly Change[];
    readonly indexChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    /** Empty unless a setting keeps them apart from the working tree's. Not in every version. */
    readonly untrackedChanges?: readonly Change[];
    readonly onDidChange: vscode.Event<void>;
  };
}

export interface Git {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: vscode.Event<Repository>;
  readonly onDidCloseRepository: vscode.Event<Repository>;
  getRepository(uri: vscode.Uri): Repository | null;
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): Git;
}

/** Undefined where there is no Git to ask. */
export async function findGit(): Promise<Git | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  try {
    const exports = await extension?.activate();
    return exports?.enabled ? exports.getAPI(1) : undefined;
  } catch {
    // It is not ours to tell what is wrong with it.
    return undefined;
  }
}

/** The files of a repository that are not as they were committed, untracked ones among them. */
export function changedFiles({ state }: Repository): readonly vscode.Uri[] {
  const changes = [
    ...state.mergeChanges,
    ...state.indexChanges,
    ...state.workingTreeChanges,
    ...(state.untrackedChanges ?? []),
  ];
  return [...new Map(changes.map(({ uri }) => [uri.toString(), uri])).values()];
}
