/** Looks up what scopes match in the workspace before they are reserved. The work is bounded, and can be given up. */

import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { MANY_FILES, merged, type Preview, preview } from '../core/preview';
import { parseScope, type Scope } from '../core/scope/scope';
import { searchFor } from '../core/scope/search';
import { pathBelow, typeOf } from './files';
import { changedFiles, findGit } from './git';
import type { LiveStore } from './liveStore';
import type { Place } from './projects';
import type { Target } from './scopes';
import { configuredAgent } from './settings';

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
  const previews = await Promise.all(targets.map((target) => previewOne(live, target, token)));
  const known = previews.filter((one) => one !== undefined);
  return known.length > 0 && known.length === previews.length ? merged(known) : undefined;
}

async function previewOne(
  { overview }: LiveStore,
  { scope, place }: Target,
  token: vscode.CancellationToken,
): Promise<Preview | undefined> {
  const parsed = parseScope(scope, place);
  if (!parsed.ok || !place) {
    return undefined;
  }
  const { root, project, foldCase } = place;
  const [found, changed] = await Promise.all([find(place, parsed.data, token), changedPaths(root)]);
  return preview(
    { scope, project, foldCase },
    {
      paths: await pathsBelow(root, found.uris),
      more: found.more,
      changed: (path) => changed.has(path),
      active: overview.active.map(({ reservation }) => reservation),
      me: configuredAgent(),
    },
  );
}

async function find({ root, foldCase }: Place, scope: Scope, token: vscode.CancellationToken): Promise<Files> {
  const search = searchFor(scope, foldCase);
  if (!search || scope.root !== '') {
    return { uris: [], more: false };
  }
  const start = vscode.Uri.joinPath(root, search.below);
  const type = await typeOf(start);
  if (type === undefined) {
    return { uris: [], more: false };
  }
  if (type === 'file') {
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

/** Paths below the root that Git calls changed; none where there is no Git, or it is not there yet. */
async function changedPaths(root: vscode.Uri): Promise<ReadonlySet<string>> {
  const git = await Promise.race([findGit(), sleep(LONGEST_SEARCH_MS, undefined, { ref: false })]);
  const repositories = git?.repositories ?? [];
  return new Set(await pathsBelow(root, repositories.flatMap(changedFiles)));
}

async function pathsBelow(root: vscode.Uri, uris: readonly vscode.Uri[]): Promise<readonly string[]> {
  const paths = await Promise.all(uris.map((uri) => pathBelow(root, uri)));
  return paths.filter((path) => path !== undefined);
}
