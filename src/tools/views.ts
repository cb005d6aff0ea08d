/** The tools that look at reservations. They change nothing. */

import * as z from 'zod/mini';
import { MAX_CHECKED_PATHS } from '../core/check';
import { oneLine } from '../core/display';
import { quoted } from '../core/input';
import type { Reservation } from '../core/reservation';
import { waitersOf } from '../core/waiting';
import { pathFromRoot, refuseElsewhere } from '../project/names';
import { briefCheck, briefReservation, restLines, type Shortened, shortened } from './brief';
import { placeOf } from './reservations';
import { AGENT, FOLDER, flag, text, texts, wholeNumber } from './schema';
import { ArgumentError, defineTool, placeFor } from './tool';

/** How many reservations are listed unless told. */
const LISTED = 20;
const MOST_LISTED = 500;

export const checkPaths = defineTool({
  name: 'check_paths',
  command: 'agent check',
  title: 'Check who holds paths',
  description:
    'Tells for files or folders which agents hold them, and until when. Use it before you edit files that you have not ' +
    'reserved. Changes nothing, and reserves nothing: that is reserve_scope.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    paths: texts('The files or folders, absolute or from the folder.', { minItems: 1, maxItems: MAX_CHECKED_PATHS }),
    agent: AGENT,
    folder: FOLDER,
  }),
  run: async (input, surroundings) => {
    const here = await placeFor(input.folder, surroundings);
    const paths = await Promise.all(input.paths.map((path) => pathFromRoot(here, path)));
    await refuseElsewhere(here, paths);
    const envelope = await surroundings.coordination.check({
      paths,
      agent: input.agent ?? surroundings.agent,
      ...placeOf(here),
    });
    if (!envelope.ok) {
      return envelope;
    }
    // Each is answered for as it was given.
    const typed = envelope.data.paths.map((one, index) => ({ ...one, path: input.paths[index] ?? one.path }));
    return { ...envelope, data: { ...envelope.data, paths: typed } };
  },
  brief: briefCheck,
  lines: ({ paths, summary }) => [
    `Others hold ${summary.held_by_others} of ${summary.checked}.`,
    ...paths.flatMap(({ path, held_by }) =>
      held_by.length === 0
        ? [`- ${oneLine(path)}: nobody holds it`]
        : held_by.map(
            (one) => `- ${oneLine(path)}: held by ${one.mine ? 'you' : oneLine(one.agent_id)} as ${heldLine(one)}`,
          ),
    ),
  ],
});

export const listReservations = defineTool({
  name: 'list_reservations',
  command: 'agent status',
  title: 'List reservations',
  description:
    'Lists what agents hold now in this project, with holder, issue, end and who waits for it. Use it to see what is taken ' +
    'before you plan work. For single files, check_paths is shorter. Changes nothing.',
  hints: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({
    holder: z.optional(text('Only what this agent holds.')),
    bead: z.optional(text('Only what is for this issue (bead).')),
    all_projects: z.optional(flag('Of all projects, not only of this one.')),
    limit: z.optional(wholeNumber(`At most so many; ${LISTED} unless given.`, 1, MOST_LISTED)),
    folder: FOLDER,
  }),
  run: async (input, surroundings) => {
    limitOf(input);
    return await surroundings.coordination.status({
      agent: input.holder,
      bead: input.bead,
      project: input.all_projects ? undefined : (await placeFor(input.folder, surroundings)).project,
      readOnly: true,
    });
  },
  brief: ({ reservations, unacked_required_messages: messages }, input) => {
    const { shown, rest } = listed(reservations, input);
    return {
      reservations: shown.map((entry) => briefReservation(entry, input.all_projects === true)),
      ...rest,
      ...(messages.length > 0 ? { messages_that_wait_for_ack: messages.length } : {}),
    };
  },
  lines: ({ reservations, unacked_required_messages: messages }, input) => [
    reservations.length === 0 ? 'Nothing is held.' : `${reservations.length} held:`,
    ...listed(reservations, input).shown.map(listLine),
    ...restLines(listed(reservations, input)),
    ...(messages.length > 0 ? [`Messages that wait for an acknowledgement: ${messages.length} (list_messages).`] : []),
  ],
});

function limitOf({ limit = LISTED }: { readonly limit?: number | undefined }): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED) {
    throw new ArgumentError(
      `Limit ${quoted(String(limit))} is not valid: give a whole number from 1 to ${MOST_LISTED}.`,
    );
  }
  return limit;
}

function listed(
  reservations: readonly Reservation[],
  input: { readonly limit?: number | undefined },
): Shortened<Reservation> {
  return shortened(
    reservations,
    limitOf(input),
    `give a larger "limit" (at most ${MOST_LISTED}), or "holder" or "bead".`,
  );
}

interface Held {
  readonly scope: string;
  readonly bead_id: string;
  readonly expires_at: string;
}

function heldLine({ scope, bead_id, expires_at }: Held): string {
  return `${oneLine(scope)} for ${oneLine(bead_id)} until ${oneLine(expires_at)}`;
}

function listLine(entry: Reservation): string {
  const waiting = waitersOf(entry).map(({ agent_id }) => agent_id);
  const wanted = waiting.length > 0 ? `; wanted by ${oneLine(waiting.join(', '))}` : '';
  return `- ${heldLine(entry)}, held by ${oneLine(entry.agent_id)} (${oneLine(entry.reservation_id)})${wanted}`;
}
