/** What the person holds and this window is responsible for: made in it, or of one of its projects. */

import * as vscode from 'vscode';
import { keyOf } from '../core/attention';
import { ownItems } from '../core/overview';
import type { Reservation } from '../core/reservation';
import { inBackground, type OnFailure } from '../util/background';
import { Remembered } from './attention/memory';
import type { LiveStore } from './liveStore';
import type { Projects } from './projects';

export class OwnHere implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when another reservation has become this window's; the store tells of the rest. */
  readonly onDidChange = this.changed.event;
  private readonly made: Remembered;
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly live: LiveStore,
    private readonly projects: Projects,
    memory: vscode.Memento,
    onFailure: OnFailure,
  ) {
    this.made = new Remembered(memory, 'reservations.made');
    this.disposables = [
      this.changed,
      projects.onDidChange(() => this.changed.fire()),
      live.onDidChange(() => inBackground(this.forget(), onFailure)),
    ];
  }

  async addMade(reservation: Reservation): Promise<void> {
    await this.made.add([keyOf(reservation)]);
    this.changed.fire();
  }

  /** Whether it was made in a window of this workspace. */
  isMade(reservation: Reservation): boolean {
    return this.made.has(keyOf(reservation));
  }

  isHere(reservation: Reservation): boolean {
    return this.projects.isHere(reservation) || this.isMade(reservation);
  }

  /** One's own live ones. */
  list(): readonly Reservation[] {
    return ownItems(this.live.overview.active)
      .filter(({ reservation }) => this.isHere(reservation))
      .map(({ reservation }) => reservation);
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  /** What is over is nobody's any more; but a store that cannot be read says nothing about that. */
  private async forget(): Promise<void> {
    if (this.live.state.kind === 'readable' && !this.made.isEmpty) {
      const held = new Set(this.live.overview.active.map(({ reservation }) => keyOf(reservation)));
      await this.made.keep((key) => held.has(key));
    }
  }
}
