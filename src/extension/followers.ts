/**
 * What only acts on what the store holds: made once that has been read, since a window that starts has other things to do and
 * without it there is nothing to act on.
 */

import * as vscode from 'vscode';
import { ExpiryNotice } from './attention/expiry';
import { FinishedNotice } from './attention/finished';
import { FreedNotice } from './attention/freed';
import { LetterNotice } from './attention/letters';
import { Badges } from './badges';
import type { CommandContext } from './commands/context';
import { Conflicts } from './conflict/conflicts';
import { ConflictProblems } from './conflict/problems';
import { ReadonlyEditors } from './conflict/readonlyEditors';
import { failuresTo } from './failures';
import { Holders } from './holders';
import { KeepAlive } from './keepAlive';

export class Followers implements vscode.Disposable {
  readonly badges: Badges;
  readonly readonlyEditors: ReadonlyEditors;
  private readonly disposables: readonly vscode.Disposable[];

  constructor(context: CommandContext) {
    const { live, own, projects, memory, log } = context;
    const onFailure = failuresTo(log);
    const keepAlive = new KeepAlive(live, own, log);
    const holders = new Holders(live, projects);
    const problems = new ConflictProblems();
    const conflicts = new Conflicts(holders, problems, memory, onFailure);
    this.badges = new Badges(holders, onFailure);
    this.readonlyEditors = new ReadonlyEditors(holders, conflicts, log);
    this.disposables = [
      new ExpiryNotice(context, own, keepAlive),
      new FreedNotice(context),
      new LetterNotice(context),
      new FinishedNotice(context, own),
      this.readonlyEditors,
      conflicts,
      problems,
      this.badges,
      holders,
      keepAlive,
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }
}
