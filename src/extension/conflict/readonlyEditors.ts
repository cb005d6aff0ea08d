/**
 * Where the setting says so, editors of what another holds are read-only in this window. VS Code lets an extension do so
 * with the active editor alone: each is seen to when the person comes to it.
 */

import * as vscode from 'vscode';
import { withoutLinks } from '../../core/display';
import type { Reservation } from '../../core/reservation';
import { inBackground } from '../../util/background';
import { setContext } from '../contextKeys';
import { CONFIGURATION, CONTEXT_KEYS } from '../contributions';
import { failuresTo } from '../failures';
import type { Holders } from '../holders';
import { uriOfActiveEditor } from '../scopes';
import { conflictMode } from '../settings';
import { localTime } from '../wording';
import { type Conflicts, isUnsaved, othersHolding, waysOut } from './conflicts';

const MAKE_READONLY = 'workbench.action.files.setActiveEditorReadonlyInSession';
const RESET = 'workbench.action.files.resetActiveEditorReadonlyInSession';

export class ReadonlyEditors implements vscode.Disposable {
  private readonly locked = new Set<string>();
  /** Of which it is not known whether they are. */
  private readonly unsure = new Set<string>();
  /** Files that the person chose to change anyway, for as long as others hold them. */
  private readonly allowed = new Set<string>();
  private looking: Promise<void> = Promise.resolve();
  private readonly disposables: readonly vscode.Disposable[];

  constructor(
    private readonly holders: Holders,
    private readonly conflicts: Conflicts,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const look = () => this.lookSoon();
    this.disposables = [
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.window.tabGroups.onDidChangeTabs(look),
      vscode.window.tabGroups.onDidChangeTabGroups(look),
      holders.onDidChange(look),
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration(`${CONFIGURATION}.onConflict`) && look(),
      ),
    ];
    look();
  }

  /** Lets the person change the file, by default that of the active editor, although another holds it. */
  async allow(uri = uriOfActiveEditor()): Promise<void> {
    if (uri) {
      this.allowed.add(uri.toString());
      await this.look();
    }
  }

  /** One after another: each goes by what the one before has done. Resolves when the active editor is as it should be. */
  look(): Promise<void> {
    this.looking = this.looking.then(() => this.lookAtActive()).catch((error) => this.log.error(error));
    return this.looking;
  }

  private lookSoon(): void {
    inBackground(this.look(), failuresTo(this.log));
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private async lookAtActive(): Promise<void> {
    const uri = uriOfActiveEditor();
    const key = uri?.toString() ?? '';
    const isOn = conflictMode() === 'readonly';
    if (!uri || (!isOn && !this.locked.has(key) && !this.unsure.has(key))) {
      setContext(CONTEXT_KEYS.readonlyEditor, false);
      return;
    }
    const others = isOn ? await othersHolding(this.holders, uri) : [];
    if (others.length === 0) {
      this.allowed.delete(key);
    }
    // Who has begun to change it is warned, and can still save.
    const isWanted = others.length > 0 && !this.allowed.has(key) && !isUnsaved(uri);
    if (isWanted !== this.locked.has(key) || this.unsure.has(key)) {
      await this.apply(uri, isWanted);
    }
    setContext(CONTEXT_KEYS.readonlyEditor, this.locked.has(key));
    if (isWanted) {
      this.conflicts.tellOnce(uri, others, readonlyText, (reservation) => [
        { title: vscode.l10n.t('Edit Anyway'), run: () => this.allow(uri) },
        ...waysOut(reservation),
      ]);
    }
  }

  private async apply(uri: vscode.Uri, isWanted: boolean): Promise<void> {
    const key = uri.toString();
    if (uriOfActiveEditor()?.toString() !== key) {
      return;
    }
    await vscode.commands.executeCommand(isWanted ? MAKE_READONLY : RESET);
    const active = uriOfActiveEditor()?.toString() ?? '';
    if (active === key) {
      this.locked[isWanted ? 'add' : 'delete'](key);
      this.unsure.delete(key);
    } else {
      // The person went to another editor meanwhile, and it may be that one to which it was done.
      this.unsure.add(key).add(active);
      this.lookSoon();
    }
  }
}

function readonlyText({ agent_id, scope, expires_at }: Reservation, file: string): string {
  return vscode.l10n.t(
    '{0} is read-only here: {1} holds it until {2} (“{3}”).',
    file,
    withoutLinks(agent_id),
    localTime(expires_at),
    withoutLinks(scope),
  );
}
