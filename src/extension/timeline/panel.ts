/** The panel of the timeline: answers what its page asks, tells it what has changed, and does what is chosen there. */

import * as vscode from 'vscode';
import { internalError } from '../../coordination/answers';
import type { Coordination } from '../../coordination/coordination';
import type { FollowedTimeline, TimelineLook } from '../../coordination/timeline';
import { granted } from '../../core/envelope';
import type { Bar } from '../../core/timeline/bar';
import { MOST_BARS } from '../../core/timeline/collect';
import type { HostMessage, PageMessage, Range } from '../../timelinePage/messages';
import { inBackground } from '../../util/background';
import type { CommandContext } from '../commands/context';
import { COMMANDS, TIMELINE_VIEW } from '../contributions';
import { explain } from '../errorWording';
import { failuresTo } from '../failures';
import { csvOf } from './csv';
import { html } from './html';
import { pageMessageOf } from './pageMessage';
import { save } from './save';
import { words } from './words';

/** What it works with. */
export type TimelineContext = Pick<CommandContext, 'live' | 'log' | 'extensionUri'>;

type Ask = Extract<PageMessage, { type: 'ask' }>;

interface Followed {
  readonly ask: number;
  readonly timeline: FollowedTimeline;
  readonly openedAt: number;
  /** Another one means another store. */
  readonly coordination: Coordination;
}

/** Changes of one burst are told together. */
const COALESCE_MS = 250;
/** So often what is held still grows, though nothing happens. */
const GROWS_MS = 60_000;
const HOUR_MS = 3_600_000;
const RANGE_MS: Readonly<Record<Range, number>> = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS };
/** After this part of its time, a range is read anew from a later beginning. */
const MOVES_ON_AFTER = 1 / 12;

export function newPanel({ extensionUri }: TimelineContext): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(
    TIMELINE_VIEW,
    vscode.l10n.t('Reservations Timeline'),
    vscode.ViewColumn.Active,
    optionsOf(extensionUri),
  );
}

function optionsOf(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')],
  };
}

export class TimelinePanel implements vscode.Disposable {
  private asked: Ask | undefined;
  private followed: Followed | undefined;
  private bars: Bar[] = [];
  private active: readonly Bar[] = [];
  private giveUp = new AbortController();
  private looking: Promise<void> = Promise.resolve();
  private due: NodeJS.Timeout | undefined;
  private growing: NodeJS.Timeout | undefined;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly context: TimelineContext,
  ) {
    const { webview } = panel;
    panel.iconPath = {
      light: vscode.Uri.joinPath(context.extensionUri, 'media', 'timeline-light.svg'),
      dark: vscode.Uri.joinPath(context.extensionUri, 'media', 'timeline-dark.svg'),
    };
    webview.options = optionsOf(context.extensionUri);
    this.disposables = [
      webview.onDidReceiveMessage((value) => inBackground(this.receive(value), failuresTo(context.log))),
      context.live.onDidChange(() => this.lookIn(COALESCE_MS)),
      context.live.onDidReadReservations(() => this.lookIn(COALESCE_MS)),
      // A page that is hidden is thrown away, and asks again when it is shown: until then nothing is read.
      panel.onDidChangeViewState(() => !panel.visible && this.rest()),
    ];
    webview.html = html(webview, context.extensionUri);
  }

  /** What the page shows, the latest as it was closed last. */
  get shown(): readonly Bar[] {
    return [...this.bars, ...this.active];
  }

  reveal(): void {
    this.panel.reveal();
  }

  /** Waits until what was asked for is told. */
  async settled(): Promise<void> {
    await this.looking;
  }

  /** What the page has sent. Answers what was wrong with it, where something was. */
  async receive(value: unknown): Promise<string | undefined> {
    const read = pageMessageOf(value);
    if ('wrong' in read) {
      this.context.log.warn(`Timeline: a message of the page was refused (${read.wrong}).`);
      return read.wrong;
    }
    await this.obey(read.message);
    return undefined;
  }

  dispose(): void {
    this.rest();
    vscode.Disposable.from(...this.disposables).dispose();
    this.panel.dispose();
  }

  private async obey(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.tell({ type: 'begin', words: words(), language: vscode.env.language });
        return;
      case 'ask':
        this.rest();
        this.asked = message;
        this.look();
        return;
      case 'saveCsv':
        await save('csv', csvOf(this.shown));
        return;
      case 'saveSvg':
        await save('svg', message.svg);
        return;
      default:
        await this.act(message);
    }
  }

  private async act({ type, key }: Extract<PageMessage, { key: string }>): Promise<void> {
    // Only what the page was told: a name that comes from there is never acted on itself.
    const bar = this.shown.find((one) => one.key === key);
    if (!bar) {
      return;
    }
    const { id, scope, agent, project } = bar;
    const command = type === 'reveal' ? COMMANDS.openReservation : COMMANDS.revealInExplorer;
    await vscode.commands.executeCommand(command, {
      reservation: { reservation_id: id, scope, agent_id: agent, ...(project === null ? {} : { project }) },
    });
  }

  private lookIn(ms: number): void {
    if (this.asked && this.panel.visible) {
      this.due ??= setTimeout(() => this.look(), ms);
    }
  }

  private look(): void {
    clearTimeout(this.due);
    this.due = undefined;
    const { asked, giveUp } = this;
    if (asked) {
      this.looking = this.looking
        .then(() => this.lookNow(asked, giveUp.signal))
        .catch((error) => this.fail(asked, error));
    }
  }

  private async lookNow(asked: Ask, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      return;
    }
    const opened = await this.open(asked);
    const envelope = opened.ok ? await opened.data.look(signal) : opened;
    if (signal.aborted) {
      return;
    }
    if (!envelope.ok) {
      // What was added by a look that failed half-way is not told any more: the next one begins anew.
      this.followed = undefined;
      this.tell({ type: 'failed', ask: asked.ask, text: explain(envelope.error) });
      return;
    }
    this.show(asked, envelope.data);
    clearTimeout(this.growing);
    this.growing = envelope.data.active.length > 0 ? setTimeout(() => this.lookIn(0), GROWS_MS) : undefined;
  }

  private async open({ ask, range, filter }: Ask) {
    const now = this.context.live.now().getTime();
    const { followed } = this;
    const { coordination } = this.context.live;
    const isSame = followed?.ask === ask && followed.coordination === coordination;
    if (isSame && now - followed.openedAt < RANGE_MS[range] * MOVES_ON_AFTER) {
      return granted(followed.timeline);
    }
    const since = new Date(now - RANGE_MS[range]).toISOString();
    const envelope = await coordination.timeline({ since, ...filter });
    this.followed = envelope.ok ? { ask, timeline: envelope.data, openedAt: now, coordination } : undefined;
    return envelope;
  }

  private show(asked: Ask, { isAnew, added, active, ...rest }: TimelineLook): void {
    this.bars = isAnew ? [...added] : [...this.bars, ...added].slice(-MOST_BARS);
    this.active = active;
    this.tell({ type: 'bars', ask: asked.ask, isAnew, added, active, ...rest });
  }

  private fail(asked: Ask, error: unknown): void {
    this.context.log.error(error instanceof Error ? error : String(error));
    const failure = internalError(error);
    this.tell({ type: 'failed', ask: asked.ask, text: failure.ok ? '' : explain(failure.error) });
  }

  /** Gives up what is being read, and what was asked. */
  private rest(): void {
    clearTimeout(this.growing);
    clearTimeout(this.due);
    this.due = undefined;
    this.asked = undefined;
    this.followed = undefined;
    this.giveUp.abort();
    this.giveUp = new AbortController();
  }

  private tell(message: HostMessage): void {
    inBackground(this.panel.webview.postMessage(message), failuresTo(this.context.log));
  }
}
