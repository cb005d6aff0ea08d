/** What a hook says of files that others hold: by whom, until when, and what to do now. For agents, in English. */

import type { CheckedPath, HeldBy } from './check';
import { oneLine } from './display';

/** More files than these are counted, not listed. */
export const MAX_TOLD = 8;

export interface Asker {
  readonly agent: string;
  /** Where it is not registered, what it would register as. */
  readonly unregisteredRole?: string | undefined;
  /** The worktree of the files, where that is not the one that the agent works in. */
  readonly worktree?: string | undefined;
}

/** Why an edit does not go on. */
export function editRefusal(held: readonly CheckedPath[], asker: Asker): string {
  const { agent, unregisteredRole } = asker;
  return [
    `Not edited: ${held.length === 1 ? 'another agent holds this file' : 'other agents hold these files'}.`,
    ...holderLines(held),
    `You are "${agent}" here. Wait until it is free, or ask for it:`,
    ...(unregisteredRole ? [`  agent-reservations register --name ${agent} --role ${unregisteredRole}`] : []),
    `  ${requestCommand(held, asker)}`,
    'Or work on files that nobody else holds, and reserve them first.',
  ].join('\n');
}

/** Why a commit or a push does not go on; or, where it does all the same, what there would be to look at. */
export function guardText(
  held: readonly CheckedPath[],
  { action, agent, isRefused }: { action: 'commit' | 'push'; agent: string | undefined; isRefused: boolean },
): string {
  const what = `${held.length === 1 ? 'a file that another agent holds' : 'files that other agents hold'}`;
  const lead = isRefused
    ? `agent-reservations: refused to ${action} ${what}.`
    : `agent-reservations: warning: this ${action} has ${what}.`;
  return [
    lead,
    ...holderLines(held),
    ...(agent === undefined
      ? ['Nobody is asked to wait, since BB_AGENT does not say which agent you are.']
      : [`To ask for it:     ${requestCommand(held, { agent })}`]),
    ...(isRefused
      ? [
          ...(action === 'commit' ? ['To leave it out:   git restore --staged -- FILE'] : []),
          `To ${action} it all the same: AGENT_RESERVATIONS_BYPASS=1 git ${action} … (AGENT_RESERVATIONS_GUARD=warn only warns)`,
        ]
      : []),
  ].join('\n');
}

function holderLines(held: readonly CheckedPath[]): readonly string[] {
  const more = held.length - MAX_TOLD;
  return [
    ...held.slice(0, MAX_TOLD).map(({ path, held_by }) => `  ${oneLine(path)}: ${held_by.map(holder).join('; ')}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function holder({ agent_id, expires_at, scope, bead_id, project }: HeldBy): string {
  const doubt = project === null ? ', names no project' : '';
  return `held by "${oneLine(agent_id)}" until ${oneLine(expires_at)} (scope "${oneLine(scope)}", ${oneLine(bead_id)}${doubt})`;
}

function requestCommand(held: readonly CheckedPath[], { agent, worktree }: Asker): string {
  const scope = shellWord(held[0]?.path ?? '') ?? 'FILE';
  const where = worktree === undefined ? '' : ` --worktree ${shellWord(worktree) ?? 'FOLDER'}`;
  return `agent-reservations request --from ${agent} --scope ${scope}${where} --reason "…"`;
}

/** A word that a POSIX shell takes as it is; undefined where that could not be shown on one line. */
export function shellWord(text: string): string | undefined {
  if (oneLine(text, text.length) !== text) {
    return undefined;
  }
  return /^[\w./@%+,:][\w./@%+,:-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
