/** Check the Store…: what is wrong with it, and the repairs that a person chooses. */

import { relative } from 'node:path';
import * as vscode from 'vscode';
import type { DoctorData, DoctorInput } from '../../coordination/coordination';
import { withoutIcons, withoutLinks } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { Finding, FindingKind, Repaired } from '../../store/finding';
import { failureText, findingFact, findingRemedy, findingTitle, repairedText } from '../findingWording';
import { tell, tellWarning } from '../notify';
import { askMany, type ManyChoice } from '../quickInput';
import { type CommandContext, type Handler, record, told } from './context';

/** What an editor can show. */
const TO_OPEN: ReadonlySet<FindingKind> = new Set(['UNREADABLE_FILE', 'BAD_ENTRY', 'PUT_ASIDE', 'TORN_HISTORY']);

type Checked = Envelope<DoctorData>;

/**
 * `{ fix: false | true | ids }` looks or repairs without a question. Without it, the person chooses what to repair, and
 * is asked once more about what something may be lost by. Answers the envelope of the repair, or of the look.
 */
export function checkStore(context: CommandContext): Handler {
  return async (argument) => {
    const { fix } = record(argument);
    if (fix !== undefined) {
      // Whatever it is: the operation says what it must be.
      return told(context, await run(context, { fix } as DoctorInput));
    }
    const checked = told(context, await run(context, {}));
    if (!checked.ok) {
      return checked;
    }
    const { findings } = checked.data;
    if (findings.length === 0) {
      tell(vscode.l10n.t('Nothing is wrong with the store at {0}.', withoutLinks(context.live.location)));
      return checked;
    }
    const chosen = await choose(context, findings);
    if (chosen.length === 0 || !(await isMeant(chosen.filter(({ risky }) => risky)))) {
      return checked;
    }
    const repaired = told(context, await run(context, { fix: chosen.map(({ id }) => id) }));
    if (repaired.ok) {
      tellResult(context, chosen, repaired.data.repaired);
    }
    return repaired;
  };
}

function run(context: CommandContext, input: DoctorInput): Thenable<Checked> {
  // A long history takes its time; a question in the middle of the screen would be too much for it.
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Checking the store…') },
    () => context.live.coordination.doctor(input),
  );
}

async function choose(context: CommandContext, findings: readonly Finding[]): Promise<readonly Finding[]> {
  const chosen = await askMany<Finding>({
    title: vscode.l10n.t('What Is Wrong with the Store'),
    placeholder: vscode.l10n.t('Choose what to repair, then press Enter'),
    groups: [
      {
        label: vscode.l10n.t('To repair'),
        choices: choices(context, findings, (one) => isRepairable(one) && !one.risky),
      },
      {
        label: vscode.l10n.t('Repair with care'),
        choices: choices(context, findings, (one) => isRepairable(one) && one.risky),
      },
      {
        label: vscode.l10n.t('For information only'),
        choices: choices(context, findings, (one) => !isRepairable(one)),
      },
    ],
    isChosen: (one) => isRepairable(one) && !one.risky,
    canChoose: isRepairable,
    onButton: ({ path }) => vscode.window.showTextDocument(vscode.Uri.file(path)),
  });
  return chosen ?? [];
}

function isRepairable({ repair }: Finding): boolean {
  return repair !== null;
}

function choices(
  context: CommandContext,
  findings: readonly Finding[],
  belongs: (finding: Finding) => boolean,
): readonly ManyChoice<Finding>[] {
  return findings.filter(belongs).map((finding) => ({
    label: findingTitle(finding),
    description: [place(context, finding), findingFact(finding)].filter(Boolean).join(' · '),
    detail: findingRemedy(finding),
    value: finding,
    buttons:
      context.live.kind === 'files' && TO_OPEN.has(finding.kind)
        ? [{ iconPath: new vscode.ThemeIcon('go-to-file'), tooltip: vscode.l10n.t('Open the File') }]
        : [],
  }));
}

/** Below the store; nothing for the store itself, or a server. */
function place({ live }: CommandContext, { path }: Finding): string {
  if (live.kind === 'postgres') {
    return '';
  }
  return withoutIcons(relative(live.location, path));
}

/** Asks about the repairs by which something may be lost, if there are any. */
async function isMeant(risky: readonly Finding[]): Promise<boolean> {
  if (risky.length === 0) {
    return true;
  }
  const repair = vscode.l10n.t('Repair');
  const lines = risky.map(
    (finding) => `${findingTitle(finding)}: ${withoutLinks(finding.path)}\n${findingRemedy(finding)}`,
  );
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Something may be lost by these repairs. Repair all the same?'),
    { modal: true, detail: lines.join('\n\n') },
    repair,
  );
  return answer === repair;
}

function tellResult(context: CommandContext, chosen: readonly Finding[], repaired: readonly Repaired[]): void {
  for (const { id, outcome, message } of repaired) {
    context.log.info(`${id}: ${outcome}: ${message}`);
  }
  const failed = repaired.filter(({ outcome }) => outcome === 'FAILED' || outcome === 'NO_REPAIR');
  const [first] = failed.length > 0 ? failed : repaired;
  const finding = chosen.find(({ id }) => id === first?.id);
  if (!(first && finding)) {
    return;
  }
  if (failed.length === 0) {
    tell(
      repaired.length === 1
        ? repairedText(finding, first)
        : vscode.l10n.t('The store was repaired in {0} places.', repaired.length),
    );
    return;
  }
  tellWarning(
    vscode.l10n.t(
      '{0} of {1} repairs failed. {2}: {3}',
      failed.length,
      chosen.length,
      findingTitle(finding),
      failureText(finding, first),
    ),
    [{ title: vscode.l10n.t('Show Log'), run: () => context.log.show() }],
  );
}
