/** When the work is committed, or was left when a window closed: what was reserved in it is offered for release. */

import * as vscode from 'vscode';
import { keyOf } from '../../core/attention';
import { withoutLinks } from '../../core/display';
import type { Reservation } from '../../core/reservation';
import { isCovered } from '../../core/scope/coverage';
import { observe, type Seen } from '../../core/workDone';
import type { CommandContext } from '../commands/context';
import { failuresTo } from '../failures';
import { pathBelow } from '../files';
import { changedFiles, type Repository, watchRepositories } from '../git';
import { type Action, tell } from '../notify';
import type { OwnHere } from '../ownHere';
import { configuredAgent } from '../settings';
import { inSentence } from '../wording';

export class FinishedNotice implements vscode.Disposable {
  private readonly seen = new Map<string, Seen>();
  private readonly disposables: vscode.Disposable[];
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: CommandContext,
    private readonly own: OwnHere,
  ) {
    this.disposables = [
      watchRepositories((repository, what) => what === 'changed' && this.look(repository), failuresTo(context.log)),
    ];
    this.offerLeft();
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** Once, as soon as the store is read: what an earlier window of this workspace has left. */
  private offerLeft(): void {
    const { live } = this.context;
    const offer = () => {
      if (live.state.kind !== 'loading') {
        listening.dispose();
        this.offer(this.made(), leftText);
      }
    };
    const listening = live.onDidChange(offer);
    this.disposables.push(listening);
    offer();
  }

  /** One after another: each goes on from what the one before has seen. */
  private look(repository: Repository): void {
    this.looking = this.looking.then(() => this.lookAt(repository)).catch((error) => this.context.log.error(error));
  }

  private async lookAt(repository: Repository): Promise<void> {
    const made = this.made();
    if (made.length === 0) {
      return;
    }
    const paths = await Promise.all(changedFiles(repository).map((uri) => pathBelow(repository.rootUri, uri)));
    const done: Reservation[] = [];
    for (const reservation of made.filter((one) => belongsTo(one, repository))) {
      const changed = paths.some((path) => path !== undefined && isCovered(reservation.scope, path));
      const key = keyOf(reservation);
      const next = observe(this.seen.get(key), { head: repository.state.HEAD?.commit, changed });
      if (next.seen) {
        this.seen.set(key, next.seen);
      } else {
        this.seen.delete(key);
      }
      if (next.done) {
        done.push(reservation);
      }
    }
    this.offer(done, doneText);
  }

  private made(): readonly Reservation[] {
    return this.context.live.overview.active
      .filter(({ mine, reservation }) => mine && this.own.isMade(reservation))
      .map(({ reservation }) => reservation);
  }

  private offer(reservations: readonly Reservation[], text: (scopes: string, count: number) => string): void {
    const agent = configuredAgent();
    const { length } = reservations;
    if (length === 0 || !agent) {
      return;
    }
    const release: Action = {
      title: length > 1 ? vscode.l10n.t('Release All') : vscode.l10n.t('Release'),
      run: async () => {
        const { releaseEach } = await import('../commands/handlers');
        await releaseEach(this.context, agent, reservations);
      },
    };
    tell(text(withoutLinks(inSentence(reservations.map(({ scope }) => scope))), length), [
      release,
      { title: vscode.l10n.t('Keep'), run: () => undefined },
    ]);
  }
}

/** Scopes are relative to the worktree. */
function belongsTo({ worktree }: Reservation, { rootUri }: Repository): boolean {
  return worktree !== undefined && vscode.Uri.file(worktree).path === rootUri.path;
}

function doneText(scopes: string, count: number): string {
  return count === 1
    ? vscode.l10n.t('The changes in “{0}” are committed. Release it?', scopes)
    : vscode.l10n.t('The changes in {0} scopes are committed: {1}. Release them?', count, scopes);
}

function leftText(scopes: string, count: number): string {
  return count === 1
    ? vscode.l10n.t('You still hold “{0}” from the last time. Release it?', scopes)
    : vscode.l10n.t('You still hold {0} scopes from the last time: {1}. Release them?', count, scopes);
}
