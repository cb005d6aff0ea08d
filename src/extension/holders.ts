/** Who holds the files of this window, as the store is now; and what of it has changed. */

import * as vscode from 'vscode';
import { differences } from '../core/differences';
import { changedItems, type Held, HolderIndex, NOT_HELD, pathsOf } from '../core/holders';
import type { ActiveItem } from '../core/overview';
import type { ScopePath } from '../core/scope/scope';
import { pathBelow } from './files';
import type { LiveStore } from './liveStore';
import type { Place, Projects } from './projects';

/** Where a file or folder is to be looked for. */
export interface Located {
  readonly place: Place;
  /** As scopes may name it. */
  readonly paths: readonly ScopePath[];
}

/** A way to ask who holds something. */
export type Lookup = (located: Located) => Held;

export class Holders implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<readonly ActiveItem[]>();
  /** Fires with the reservations that came, went, or look different now. */
  readonly onDidChange = this.changed.event;
  private active: readonly ActiveItem[] = [];
  private readonly indexes = new Indexes([]);
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly live: LiveStore,
    private readonly projects: Projects,
  ) {
    this.disposables = [this.changed, live.onDidChange(() => this.update())];
    this.update();
  }

  /** Where nothing is held, nothing has to be looked up. */
  get isEmpty(): boolean {
    return this.active.length === 0;
  }

  /** Who holds what has been located, at the moment of asking. */
  get lookup(): Lookup {
    return (located) => this.indexes.held(located);
  }

  /** Undefined for what is in no file system, and for what is the root of its place. */
  async locate(uri: vscode.Uri): Promise<Located | undefined> {
    if (uri.scheme !== 'file') {
      return undefined;
    }
    const place = await this.projects.placeAround(uri);
    const path = await pathBelow(place.root, uri);
    return path ? { place, paths: pathsOf([path, uri.fsPath], place) } : undefined;
  }

  async held(uri: vscode.Uri): Promise<Held> {
    const located = this.isEmpty ? undefined : await this.locate(uri);
    return located ? this.indexes.held(located) : NOT_HELD;
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private update(): void {
    const before = this.active;
    this.active = this.live.overview.active;
    this.indexes.follow(this.active);
    const changes = changedItems(before, this.active);
    if (changes.length > 0) {
      this.changed.fire(changes);
    }
  }
}

/** One index for each project that is asked for, which follows what comes and goes. */
class Indexes {
  private readonly byProject = new Map<string, HolderIndex>();

  constructor(private active: readonly ActiveItem[]) {}

  follow(active: readonly ActiveItem[]): void {
    const changes = differences(this.active, active);
    this.active = active;
    for (const index of this.byProject.values()) {
      index.change(changes);
    }
  }

  held({ place, paths }: Located): Held {
    const key = `${place.foldCase} ${place.project}`;
    let index = this.byProject.get(key);
    if (!index) {
      index = new HolderIndex(place);
      index.change({ gone: [], come: this.active });
      this.byProject.set(key, index);
    }
    return index.held(paths);
  }
}

/** A way to ask about some of them alone. */
export function lookupIn(active: readonly ActiveItem[]): Lookup {
  const indexes = new Indexes(active);
  return (located) => indexes.held(located);
}
