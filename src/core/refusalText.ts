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
  /** What the agent can ask the holder by; the command unless told. */
  readonly asksBy?: WayToAsk;
}

/**
 * By the command in its shell; by the tools of the MCP server; or only by the person, where the agent's shell is in a
 * sandbox in which nothing can be written into the store.
 */
export type WayToAsk = 'command' | 'tools' | 'person';

/** Why an edit does not go on. */
export function editRefusal(held: readonly CheckedPath[], asker: Asker): string {
  return [
    `Not edited: ${held.length === 1 ? 'another agent holds this file' : 'other agents hold these files'}.`,
    ...holderLines(held),
    ...WAYS[asker.asksBy ?? 'command'](held, asker),
  ].join('\n');
}

const WAYS: Readonly<Record<WayToAsk, (held: readonly CheckedPath[], asker: Asker) => readonly string[]>> = {
  command: (held, asker) => [
    `You are "${asker.agent}" here. Wait until it is free, or ask for it:`,
    ...commands(held, asker),
    'Or work on files that nobody else holds, and reserve them first.',
  ],
  tools: (held, { agent, unregisteredRole, worktree }) => [
    `You are "${agent}" here. Wait until it is free, or ask for it with the tools of the MCP server agent-reservations:`,
    ...(unregisteredRole ? [`  register_agent ${JSON.stringify({ name: agent, role: unregisteredRole })}`] : []),
    `  request_release ${JSON.stringify({ scope: oneLine(held[0]?.path ?? ''), reason: '…', agent, folder: worktree })}`,
    'Or work on files that nobody else holds, and reserve them first with reserve_scope.',
  ],
  person: (held, asker) => [
    `You are "${asker.agent}" here. Wait until it is free, or work on files that nobody else holds. You cannot ask the holder ` +
      'from a sandbox: ask the user, who can run:',
    ...commands(held, asker),
  ],
};

function commands(held: readonly CheckedPath[], asker: Asker): readonly string[] {
  const { agent, unregisteredRole } = asker;
  return [
    ...(unregisteredRole ? [`  agent-reservations register --name ${agent} --role ${unregisteredRole}`] : []),
    `  ${requestCommand(held, asker)}`,
  ];
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
