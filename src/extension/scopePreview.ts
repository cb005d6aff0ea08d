/** Looks up what scopes match in the workspace before they are reserved. The work is bounded, and can be given up. */

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { MANY_FILES, merged, type Preview, preview } from '../core/preview';
import type { Reservation } from '../core/reservation';
import { parseScope, type Scope } from '../core/scope/scope';
import { searchFor } from '../core/scope/search';
import { changedFiles, findGit } from './git';
import type { LiveStore } from './liveStore';
import type { Target } from './scopes';

/** What has not been found by then is not waited for. */
const LONGEST_SEARCH_MS = 3_000;

interface Files {
  readonly uris: readonly vscode.Uri[];
  readonly more: boolean;
}

/** Undefined where a scope cannot be looked for: no folder is open, or it is none. */
export async function previewOf(
  live: LiveStore,
  targets: readonly Target[],
  token: vscode.CancellationToken,
): Promise<Preview | undefined> {
  const others = live.overview.active.filter(({ mine }) => !mine).map(({ reservation }) => reservation);
  const previews = await Promise.all(targets.map((target) => previewOne(target, others, token)));
  const known = previews.filter((one) => one !== undefined);
  return known.length > 0 && known.length === previews.length ? merged(known) : undefined;
}

async function previewOne(
  { scope, folder }: Target,
  others: readonly Reservation[],
  token: vscode.CancellationToken,
): Promise<Preview | undefined> {
  const parsed = parseScope(scope);
  if (!parsed.ok || !folder) {
    return undefined;
  }
  const root = folder.uri;
  const [found, changed] = await Promise.all([find(root, parsed.data, token), changedPaths(root)]);
  return preview(
    parsed.data,
    {
      paths: found.uris.map((uri) => pathBelow(root, uri)),
      more: found.more,
      changed: (path) => changed.has(path),
      others,
    },
    {},
  );
}

async function find(root: vscode.Uri, scope: Scope, token: vscode.CancellationToken): Promise<Files> {
  const search = searchFor(scope, false);
  if (!search || scope.root !== '') {
    return { uris: [], more: false };
  }
  const start = vscode.Uri.joinPath(root, search.below);
  const type = await typeOf(start);
  if (type === undefined) {
    return { uris: [], more: false };
  }
  if ((type & vscode.FileType.Directory) === 0) {
    return { uris: search.isPattern ? [] : [start], more: false };
  }
  const limited = new vscode.CancellationTokenSource();
  const given = token.onCancellationRequested(() => limited.cancel());
  const timer = setTimeout(() => limited.cancel(), LONGEST_SEARCH_MS);
  try {
    const uris = await vscode.workspace.findFiles(
      new vscode.RelativePattern(start, search.glob),
      undefined,
      MANY_FILES + 1,
      limited.token,
    );
    return { uris, more: uris.length > MANY_FILES || limited.token.isCancellationRequested };
  } finally {
    clearTimeout(timer);
    given.dispose();
    limited.dispose();
  }
}

function typeOf(uri: vscode.Uri): Thenable<vscode.FileType | undefined> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => type,
    () => undefined,
  );
}

/** Paths below the root that Git calls changed; none where there is no Git, or it is not there yet. */
async function changedPaths(root: vscode.Uri): Promise<ReadonlySet<string>> {
  const git = await Promise.race([findGit(), sleep(LONGEST_SEARCH_MS, undefined, { ref: false })]);
  const repositories = git?.repositories ?? [];
  return new Set(repositories.flatMap(changedFiles).map((uri) => pathBelow(root, uri)));
}

function pathBelow(root: vscode.Uri, { path }: vscode.Uri): string {
  const prefix = `${root.path.replace(/\/$/, '')}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
