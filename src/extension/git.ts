/** The little that is needed of VS Code's own Git extension, which may be absent, disabled or without a repository. */

import * as vscode from 'vscode';
import { inBackground, type OnFailure } from '../util/background';

interface Change {
  readonly uri: vscode.Uri;
  /** What it was called before, or was copied from. */
  readonly originalUri?: vscode.Uri;
  readonly status?: number;
}

/** Of Git's statuses, those that are told apart here. */
const STATUS = { indexRenamed: 3, untracked: 7, intentToRename: 10 } as const;

/** A file that is not as it was committed. */
export interface GitChange {
  readonly uri: vscode.Uri;
  /** The name by which Git's commands know the change: of a file that was renamed, the new one. */
  readonly knownAs: vscode.Uri;
  /** There is nothing to compare it with. */
  readonly isUntracked: boolean;
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
  readonly onDidChangeEnablement: vscode.Event<boolean>;
  getAPI(version: 1): Git;
}

/** Undefined where there is no Git to ask. */
export async function findGit(): Promise<Git | undefined> {
  const exports = await gitExtension();
  return exports?.enabled ? exports.getAPI(1) : undefined;
}

async function gitExtension(): Promise<GitExtension | undefined> {
  try {
    return await vscode.extensions.getExtension<GitExtension>('vscode.git')?.activate();
  } catch {
    // It is not ours to tell what is wrong with it.
    return undefined;
  }
}

/**
 * Tells of each repository that is open, whenever it changes, and when it is closed: now and later, also where Git is
 * disabled or enabled meanwhile. Git makes a new object for the same repository whenever it is asked: its root tells.
 */
export function watchRepositories(
  tell: (repository: Repository, what: 'opened' | 'changed' | 'closed') => void,
  onFailure: OnFailure,
): vscode.Disposable {
  const watched = new Map<string, { readonly repository: Repository; readonly listening: vscode.Disposable }>();
  let listening: vscode.Disposable[] = [];
  let isDisposed = false;
  const close = ({ rootUri }: Repository) => {
    const known = watched.get(rootUri.toString());
    known?.listening.dispose();
    if (known && watched.delete(rootUri.toString()) && !isDisposed) {
      tell(known.repository, 'closed');
    }
  };
  const open = (repository: Repository) => {
    close(repository);
    const changing = repository.state.onDidChange(() => tell(repository, 'changed'));
    watched.set(repository.rootUri.toString(), { repository, listening: changing });
    tell(repository, 'opened');
  };
  const leave = () => {
    vscode.Disposable.from(...listening).dispose();
    listening = [];
    for (const { repository } of [...watched.values()]) {
      close(repository);
    }
  };
  const enter = (git: Git) => {
    leave();
    listening = [git.onDidOpenRepository(open), git.onDidCloseRepository(close)];
    git.repositories.forEach(open);
  };
  let enabling: vscode.Disposable | undefined;
  const begin = async () => {
    const exports = await gitExtension();
    if (exports && !isDisposed) {
      enabling = exports.onDidChangeEnablement((enabled) => (enabled ? enter(exports.getAPI(1)) : leave()));
      if (exports.enabled) {
        enter(exports.getAPI(1));
      }
    }
  };
  inBackground(begin(), onFailure);
  return new vscode.Disposable(() => {
    isDisposed = true;
    enabling?.dispose();
    leave();
  });
}

/** What is not as it was committed, untracked files and both names of a renamed one among it: each name once. */
export function changesOf({ state }: Repository): readonly GitChange[] {
  const separate = state.untrackedChanges ?? [];
  const changes = [...state.mergeChanges, ...state.indexChanges, ...state.workingTreeChanges, ...separate];
  const untracked = new Set(separate);
  const found = new Map<string, GitChange>();
  for (const change of changes) {
    const { uri, originalUri, status } = change;
    const isUntracked = status === STATUS.untracked || untracked.has(change);
    found.set(uri.toString(), { uri, knownAs: uri, isUntracked });
    const isRenamed = status === STATUS.indexRenamed || status === STATUS.intentToRename;
    if (isRenamed && originalUri && !found.has(originalUri.toString())) {
      found.set(originalUri.toString(), { uri: originalUri, knownAs: uri, isUntracked: false });
    }
  }
  return [...found.values()];
}

export function changedFiles(repository: Repository): readonly vscode.Uri[] {
  return changesOf(repository).map(({ uri }) => uri);
}
