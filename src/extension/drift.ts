/** What is changed in the repositories of this window and is not the person's: kept up to date, and looked up rarely. */

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type DriftFile as DriftFileOf, type Drift as DriftOf, driftOf } from '../core/drift';
import { pathsOf } from '../core/holders';
import { failuresTo } from './failures';
import { pathBelow } from './files';
import { changesOf, type GitChange, type Repository, watchRepositories } from './git';
import type { Located } from './holders';
import type { LiveStore } from './liveStore';
import { type Place, placeOf } from './projects';

/** Changes of a burst, as a checkout makes them, are looked at together. */
const COALESCE_MS = 100;

export interface ChangedFile extends GitChange, Located {
  readonly path: string;
}
export type DriftFile = DriftFileOf<ChangedFile>;

const NONE: DriftOf<ChangedFile> = { listed: [], total: 0, free: [] };

interface Changed {
  readonly place: Place;
  readonly files: readonly ChangedFile[];
}

export class Drift implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current = NONE;
  private key = '';
  /** By the root of each repository: what is changed there, unless that is to be looked up anew. */
  private readonly repositories = new Map<string, { repository: Repository; changes?: Changed }>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly live: LiveStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposables = [
      this.changed,
      live.onDidChange(() => this.plan()),
      watchRepositories((repository, what) => {
        const key = repository.rootUri.toString();
        if (what === 'closed') {
          this.repositories.delete(key);
        } else {
          this.repositories.set(key, { repository });
        }
        this.plan();
      }, failuresTo(log)),
    ];
  }

  get found(): DriftOf<ChangedFile> {
    return this.current;
  }

  /** How a worktree is called beside others; nothing where it is the only one. */
  nameOf({ root }: Place): string {
    return this.repositories.size > 1 ? basename(root.path) : '';
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private plan(): void {
    // Without a repository nothing is changed.
    if (this.repositories.size === 0 && this.current.total === 0) {
      return;
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.looking = this.looking.then(() => this.look()).catch((error) => this.log.error(error));
    }, COALESCE_MS);
  }

  private async look(): Promise<void> {
    const { active } = this.live.overview;
    // Where nothing is reserved, nothing has to be known of what is changed.
    const changes = active.length > 0 ? await Promise.all([...this.repositories.values()].map(known)) : [];
    const found = driftOf(
      active,
      changes.map((one) => this.withoutRepositories(one)),
    );
    const key = JSON.stringify([this.repositories.size > 1, keyOf(found)]);
    this.current = found;
    if (key !== this.key) {
      this.key = key;
      this.changed.fire();
    }
  }

  /** What a repository inside of another has changed is listed as its own. */
  private withoutRepositories({ place, files }: Changed): Changed {
    return { place, files: files.filter(({ uri }) => !this.repositories.has(uri.toString())) };
  }
}

async function known(entry: { repository: Repository; changes?: Changed }): Promise<Changed> {
  entry.changes ??= await lookUp(entry.repository);
  return entry.changes;
}

async function lookUp(repository: Repository): Promise<Changed> {
  const { rootUri } = repository;
  const place = await placeOf(rootUri);
  const files = await Promise.all(
    changesOf(repository).map(async (change) => {
      const path = (await pathBelow(rootUri, change.uri)) ?? '';
      return { ...change, place, path, paths: pathsOf([path, change.uri.fsPath], place) };
    }),
  );
  // A repository that Git does not track is told of as a folder.
  return { place, files: files.filter(({ path }) => path !== '' && !path.endsWith('/')) };
}

/** All of it that is shown. */
function keyOf({ listed, total, free }: DriftOf<ChangedFile>): unknown {
  const files = listed.map(({ file, held }) => [file.uri.toString(), file.knownAs.toString(), file.isUntracked, held]);
  return [files, total, free.length];
}
