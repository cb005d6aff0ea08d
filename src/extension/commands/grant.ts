/** Reserving one scope: the operation, what it is given of the workspace, and what can be done about a refusal. */

import * as vscode from 'vscode';
import { withoutLinks } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { Conflict } from '../../core/reservation';
import type { Reserved, ReserveInput } from '../../core/reserve';
import { COMMANDS } from '../contributions';
import { type Action, tell } from '../notify';
import type { Target } from '../scopes';
import { type CommandContext, record, told } from './context';

export type Granted = Envelope<Reserved>;

/** A target as the operation wants it. */
export function asInput({ scope, place }: Target): Pick<ReserveInput, 'scope' | 'project' | 'worktree' | 'foldCase'> {
  return { scope, project: place?.project, worktree: place?.worktree, foldCase: place?.foldCase };
}

/** Reserves, and tells of a refusal with what can be done about it. `another` is the way to choose something else. */
export async function grant(context: CommandContext, input: ReserveInput, another?: Action): Promise<Granted> {
  const envelope = await reserveOnce(context, input);
  if (envelope.ok) {
    await context.own.addMade(envelope.data);
    tellContested(envelope.data);
  }
  return told(context, envelope, [
    ...actionsFor(context, envelope, input),
    ...(another && !envelope.ok ? [another] : []),
  ]);
}

/** What one knows of the files may be old. */
function tellContested({ scope, contested }: Reserved): void {
  if (contested) {
    tell(
      vscode.l10n.t(
        '“{0}” is yours. {1} worked there before you: read its files again before you change them.',
        withoutLinks(scope),
        withoutLinks(contested.previous_agent),
      ),
    );
  }
}

/** One's own expired reservation stands in nobody's way: it is taken over at once. */
async function reserveOnce(context: CommandContext, input: ReserveInput): Promise<Granted> {
  const { coordination } = context.live;
  const envelope = await coordination.reserve(input);
  const stale = envelope.ok ? undefined : record(envelope.error.details?.['stale']);
  if (!envelope.ok && envelope.error.code === 'RESERVATION_STALE_FOUND' && stale?.['agent_id'] === input.agent) {
    return await coordination.reserve({ ...input, takeoverStale: true });
  }
  return envelope;
}

function actionsFor(context: CommandContext, envelope: Granted, input: ReserveInput): readonly Action[] {
  switch (envelope.error?.code) {
    case 'RESERVATION_STALE_FOUND':
      return [{ title: vscode.l10n.t('Take Over'), run: () => grant(context, { ...input, takeoverStale: true }) }];
    case 'RESERVATION_CONFLICT': {
      const [conflict] = (envelope.error.details?.['conflicts'] ?? []) as readonly Conflict[];
      return conflict ? conflictActions(context, conflict, input) : [];
    }
    default:
      return [];
  }
}

function conflictActions(context: CommandContext, conflict: Conflict, input: ReserveInput): readonly Action[] {
  const { agent, scope, project, foldCase, bead } = input;
  return [
    conflict.agent_id === agent
      ? {
          title: vscode.l10n.t('Renew…'),
          run: () => vscode.commands.executeCommand(COMMANDS.renew, { scope: conflict.scope, project }),
        }
      : {
          title: vscode.l10n.t('Ask to Release…'),
          run: () =>
            vscode.commands.executeCommand(COMMANDS.askToRelease, { wanted: { scope, project, foldCase, bead } }),
        },
    { title: vscode.l10n.t('Open Reservation'), run: () => context.view.reveal(conflict.reservation_id) },
  ];
}
