/** While this window lives, what the person holds in it does not end: one timer, and none where nothing is held. */

import * as vscode from 'vscode';
import { isKeptAlive, keepAlivePlan } from '../core/keepAlive';
import type { Reservation } from '../core/reservation';
import { inBackground } from '../util/background';
import { CONFIGURATION } from './contributions';
import { failuresTo } from './failures';
import type { LiveStore } from './liveStore';
import type { OwnHere } from './ownHere';
import { autoRenew, configuredAgent } from './settings';

/** Windows that are due at one moment do not all come at once: the others see what the first has done. */
const SPREAD_MS = 1_500;
/** A store that could not be used is not tried at once again. */
const RETRY_MS = 30_000;
/** What is due at once. */
const NOW = 0;
/** The longest that a timer can be told to wait. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

export class KeepAlive implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;
  /** When the timer is to go off; a change that leaves it alone leaves the timer alone. */
  private at: number | undefined;
  private renewing = false;
  private notBefore = 0;
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly live: LiveStore,
    private readonly own: OwnHere,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposables = [
      live.onDidChange(() => this.plan()),
      own.onDidChange(() => this.plan()),
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration(`${CONFIGURATION}.autoRenew`) && this.plan(),
      ),
    ];
    this.plan();
  }

  /** Whether it will be renewed before it ends. */
  keeps(reservation: Reservation): boolean {
    return autoRenew() && this.own.isHere(reservation) && isKeptAlive(reservation, this.live.now());
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private plan(): void {
    const { due, next } = this.lookUp();
    const at = due.length > 0 ? NOW : next;
    if (this.renewing || at === this.at) {
      return;
    }
    clearTimeout(this.timer);
    this.at = at;
    if (at !== undefined) {
      const wait = Math.max(0, Math.max(at, this.notBefore) - this.live.now().getTime()) + Math.random() * SPREAD_MS;
      this.timer = setTimeout(() => inBackground(this.renew(), failuresTo(this.log)), Math.min(wait, LONGEST_TIMER_MS));
    }
  }

  private lookUp() {
    return keepAlivePlan(autoRenew() ? this.own.list() : [], this.live.now());
  }

  private async renew(): Promise<void> {
    const agent = configuredAgent();
    this.renewing = true;
    try {
      // Another window may just have done it.
      await this.live.refresh();
      for (const { reservation, ttl } of agent ? this.lookUp().due : []) {
        const { scope, project } = reservation;
        const { ok, error } = await this.live.coordination.renew({ agent: agent ?? '', scope, ttl, project });
        this.log.info(ok ? `Renewed ${scope} for ${ttl} min.` : `${scope} was not renewed: ${error.message}`);
        this.notBefore = ok ? this.notBefore : this.live.now().getTime() + RETRY_MS;
      }
    } finally {
      this.renewing = false;
      this.at = undefined;
      this.plan();
    }
  }
}
