/** The projects that the folders of this window belong to. Scopes are relative to the root of a project's worktree. */

import { realpath } from 'node:fs/promises';
import * as vscode from 'vscode';
import { findProject, type Project } from '../project/findProject';
import { inBackground, type OnFailure } from '../util/background';
import { typeOf } from './files';
import { onDidGainFocus } from './focus';

/** Where a scope is meant: the root that it is relative to, and what tells it from the same scope elsewhere. */
export interface Place extends Partial<Project> {
  readonly root: vscode.Uri;
  readonly foldCase: boolean;
}

/** What a reservation that names a project is about, or may be, if it names none. */
interface OfProject {
  readonly project?: string | undefined;
}

/** More folders than this are looked up anew: nobody looks at as many. */
const MOST_FOLDERS = 10_000;

export class Projects implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: readonly Place[] = [];
  private paths: ReadonlySet<string> = new Set();
  private readonly byFolder = new Map<string, Promise<Place>>();
  private readonly disposables: readonly vscode.Disposable[] = [
    this.changed,
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.updateSoon()),
    // A folder may have become a repository meanwhile.
    onDidGainFocus(() => this.updateSoon()),
  ];

  constructor(private readonly onFailure: OnFailure) {
    this.updateSoon();
  }

  /** Those of the workspace's folders; none until they have been looked up, and where no folder is open. */
  get places(): readonly Place[] {
    return this.current;
  }

  /** The paths that reservations name as their project. */
  get known(): ReadonlySet<string> {
    return this.paths;
  }

  /** The places that a reservation may be about: those of its project, or all where it names none. */
  placesOf({ project }: OfProject): readonly Place[] {
    return project === undefined ? this.current : this.current.filter((place) => place.project === project);
  }

  /** Whether a reservation is certainly of this window's folders. */
  isHere({ project }: OfProject): boolean {
    return project !== undefined && this.paths.has(project);
  }

  /** The place that a file or folder lies in: looked up once for all that a folder holds, as the Explorer asks for each. */
  placeAround(uri: vscode.Uri): Promise<Place> {
    const above = vscode.Uri.joinPath(uri, '..');
    const key = above.toString();
    const known = this.byFolder.get(key);
    if (known) {
      return known;
    }
    const folder = vscode.workspace.getWorkspaceFolder(above);
    const place = folder ? placeIn(folder, above) : placeOf(above);
    if (this.byFolder.size >= MOST_FOLDERS) {
      this.byFolder.clear();
    }
    this.byFolder.set(key, place);
    return place;
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private updateSoon(): void {
    inBackground(this.update(), this.onFailure);
  }

  private async update(): Promise<void> {
    this.byFolder.clear();
    const folders = vscode.workspace.workspaceFolders ?? [];
    this.current = await Promise.all(folders.map(({ uri }) => placeOf(uri)));
    const paths = this.current.map(({ project }) => project).filter((project) => project !== undefined);
    if (paths.join('\n') !== [...this.paths].join('\n')) {
      this.paths = new Set(paths);
      this.changed.fire();
    }
  }
}

/**
 * The place of what is in a folder of the workspace: of a repository that is inside of that folder, else that folder's
 * own.
 */
export async function placeIn(folder: vscode.WorkspaceFolder, inside: vscode.Uri): Promise<Place> {
  const nearest = await placeOf(inside);
  const isRepository =
    nearest.root.toString() !== inside.toString() || (await typeOf(vscode.Uri.joinPath(inside, '.git')));
  return isRepository ? nearest : await placeOf(folder.uri);
}

/** The place of a folder. One that is in no file system of this machine is a place of its own. */
export async function placeOf(folder: vscode.Uri): Promise<Place> {
  if (folder.scheme !== 'file') {
    return { root: folder, foldCase: false };
  }
  const found = await findProject(folder.fsPath);
  const real = await realpath(folder.fsPath).catch(() => folder.fsPath);
  // As the person named it, where that is the root: a link is not what the Explorer shows.
  return { ...found, root: found.worktree === real ? folder : vscode.Uri.file(found.worktree) };
}
