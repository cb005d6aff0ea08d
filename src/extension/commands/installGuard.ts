/** Install Commit Guard…: has git refuse the commits of agents in what others hold. A person is asked first. */

import * as vscode from 'vscode';
import { answer } from '../../coordination/answers';
import { withoutIcons, withoutLinks } from '../../core/display';
import { type GuardData, installGuard as install, uninstallGuard } from '../../hooks/guardInstall';
import { ownLauncher } from '../../hooks/launcher';
import type { GitHook } from '../../hooks/shell';
import { tell, tellWarning } from '../notify';
import { askPick } from '../quickInput';
import { type CommandContext, type Handler, record, text, told } from './context';

/**
 * `{ folder?, prePush?, skipConfirmation? }`: without a folder, the person picks where several are open; without
 * `skipConfirmation: true`, they are asked what to guard. Answers the envelope.
 */
export function installGuard(context: CommandContext): Handler {
  return async (argument) => {
    if (!vscode.workspace.isTrusted) {
      // Git runs what the settings of a repository name.
      tellWarning(vscode.l10n.t('A commit guard can be installed only in a workspace that you trust.'));
      return undefined;
    }
    const folder = text(argument, 'folder') ?? (await chooseFolder(context));
    if (folder === undefined) {
      return undefined;
    }
    const { prePush, skipConfirmation } = record(argument);
    const hooks = skipConfirmation === true ? guarded(prePush === true) : await askWhatToGuard(folder);
    if (!hooks) {
      return undefined;
    }
    const installed = told<GuardData>(
      context,
      await answer('agent guard', () => install(folder, { hooks, launcher: ownLauncher() })),
    );
    if (installed.ok) {
      tellInstalled(context, folder, installed.data);
    }
    return installed;
  };
}

function guarded(prePush: boolean): readonly GitHook[] {
  return prePush ? ['pre-commit', 'pre-push'] : ['pre-commit'];
}

async function chooseFolder({ projects }: CommandContext): Promise<string | undefined> {
  const folders = projects.places.filter(({ root }) => root.scheme === 'file').map(({ root }) => root.fsPath);
  const [only, ...others] = [...new Set(folders)];
  if (only === undefined) {
    tell(vscode.l10n.t('Open a folder of a Git repository first.'));
    return undefined;
  }
  if (others.length === 0) {
    return only;
  }
  const chosen = await askPick<string>({
    title: vscode.l10n.t('Install Commit Guard'),
    placeholder: vscode.l10n.t('Choose the repository'),
    choices: () => [only, ...others].map((folder) => ({ label: withoutIcons(folder), value: folder })),
  });
  return typeof chosen === 'string' ? chosen : undefined;
}

async function askWhatToGuard(folder: string): Promise<readonly GitHook[] | undefined> {
  const [commits, both] = [vscode.l10n.t('Guard Commits'), vscode.l10n.t('Guard Commits and Pushes')];
  const button = await vscode.window.showInformationMessage(
    vscode.l10n.t('Install a commit guard in {0}?', withoutLinks(folder)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Git then refuses what an agent (BB_AGENT) commits in files that another holds, and only warns you. The hooks of this repository change, and those that are there go on running. AGENT_RESERVATIONS_BYPASS=1 passes the guard by.',
      ),
    },
    commits,
    both,
  );
  return button === undefined ? undefined : guarded(button === both);
}

function tellInstalled(context: CommandContext, folder: string, { shared }: GuardData): void {
  const remove = {
    title: vscode.l10n.t('Remove the Guard'),
    run: async () => told<GuardData>(context, await answer('agent guard', () => uninstallGuard(folder))),
  };
  tell(
    shared
      ? vscode.l10n.t('Commits are guarded, by a file that all who work on the project share.')
      : vscode.l10n.t('Commits are guarded in this repository.'),
    [remove],
  );
}
