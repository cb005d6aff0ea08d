/** Looking: status, check, history. */

import { basename } from 'node:path';
import { projectOf, type Reservation } from '../../core/reservation';
import { waitersOf } from '../../core/waiting';
import { pathFromRoot, refuseElsewhere } from '../../project/names';
import { count, type Page, table, timeLeft, timeSince } from '../page';
import { type Surroundings, told, type Verb } from '../verb';
import { messagesToAcknowledge, messageTable } from './messages';
import { PLACE, placeOf } from './reservations';

export const status: Verb = {
  name: 'status',
  command: 'agent status',
  summary: 'Show what is held, and which messages wait for an acknowledgement.',
  options: {
    bead: { value: 'BEAD', help: 'Only what is for this bead.' },
    agent: { value: 'ID', help: 'Only what this agent holds, and messages to it.' },
    project: {
      value: 'DIR',
      help: 'Only what is, or may be, of the project of this folder; all projects unless told.',
    },
  },
  example: 'status --agent amber-otter',
  run: async (given, surroundings) => {
    const { coordination, page } = surroundings;
    const filters = { bead: given.text('bead'), agent: given.text('agent') };
    return told(
      await coordination.status({ ...filters, project: await projectIf(given.text('project'), surroundings) }),
      ({ reservations, unacked_required_messages: messages }) => [
        page.style('bold', `${count(reservations.length, 'scope')} held`),
        ...(reservations.length > 0 ? heldTable(page, reservations) : []),
        page.style('bold', messagesToAcknowledge(messages.length)),
        ...(messages.length > 0 ? messageTable(page, messages) : []),
      ],
    );
  },
};

export const check: Verb = {
  name: 'check',
  command: 'agent check',
  summary: 'Look up who holds files or folders. Changes nothing.',
  options: { agent: { value: 'ID', help: 'Who you are, to tell what is yours; BB_AGENT unless told.' }, ...PLACE },
  rest: 'PATH…',
  notes: ['A path is meant from the folder you are in. What somebody holds is told; it is no failure.'],
  example: 'check --agent cobalt-harbor src/auth/login.ts README.md',
  run: async (given, { coordination, page, here, agent }) => {
    const place = await here();
    const paths = await Promise.all(given.rest.map((path) => pathFromRoot(place, path)));
    await refuseElsewhere(place, paths);
    const envelope = await coordination.check({ paths, agent: given.text('agent') ?? agent, ...placeOf(place) });
    // Each is answered for as it was typed.
    const typed = envelope.ok
      ? {
          ...envelope,
          data: {
            ...envelope.data,
            paths: envelope.data.paths.map((one, index) => ({ ...one, path: given.rest[index] ?? one.path })),
          },
        }
      : envelope;
    return told(typed, (data) =>
      table(
        page,
        ['PATH', 'HOLDER', 'SCOPE', 'BEAD', 'LEFT'],
        data.paths.flatMap(({ path, held_by }) =>
          held_by.length === 0
            ? [[path, 'nobody', '', '', '']]
            : held_by.map((one) => [
                path,
                one.mine ? `${one.agent_id} (you)` : one.agent_id,
                one.scope,
                one.bead_id,
                timeLeft(page, one.expires_at),
              ]),
        ),
      ),
    );
  },
};

export const history: Verb = {
  name: 'history',
  command: 'agent history',
  summary: 'Show what was released or has expired, newest first.',
  options: {
    since: {
      value: 'TIME',
      help: 'Since when: 90m, 12h or 7d ago, or a time such as 2026-02-13T09:00Z; 7d unless told.',
    },
    limit: { value: 'N', help: 'At most so many, 1 to 500; 50 unless told.' },
    bead: { value: 'BEAD', help: 'Only what was for this bead.' },
    agent: { value: 'ID', help: 'Only what this agent held.' },
    project: { value: 'DIR', help: 'Only what was, or may have been, of the project of this folder.' },
  },
  example: 'history --since 12h --limit 10',
  run: async (given, surroundings) => {
    const { coordination, page } = surroundings;
    return told(
      await coordination.history({
        since: given.text('since'),
        limit: given.number('limit'),
        bead: given.text('bead'),
        agent: given.text('agent'),
        project: await projectIf(given.text('project'), surroundings),
      }),
      (closed) => (closed.length === 0 ? ['Nothing has ended in that time.'] : historyTable(page, closed)),
    );
  },
};

/** The project of a folder that is named; no filter where none is. */
export async function projectIf(named: string | undefined, { here }: Surroundings): Promise<string | undefined> {
  return named === undefined ? undefined : (await here(true)).project;
}

function heldTable(page: Page, reservations: readonly Reservation[]): readonly string[] {
  return table(
    page,
    ['SCOPE', 'HOLDER', 'BEAD', 'LEFT', 'PROJECT', 'WANTED BY', 'ID'],
    reservations.map((entry) => [
      entry.scope,
      entry.agent_id,
      entry.bead_id,
      timeLeft(page, entry.expires_at),
      basename(projectOf(entry) ?? ''),
      waitersOf(entry)
        .map(({ agent_id }) => agent_id)
        .join(', '),
      entry.reservation_id,
    ]),
  );
}

function historyTable(page: Page, closed: readonly Reservation[]): readonly string[] {
  return table(
    page,
    ['SCOPE', 'HOLDER', 'BEAD', 'ENDED', 'HOW', 'PROJECT', 'BY', 'REASON'],
    closed.map((entry) => [
      entry.scope,
      entry.agent_id,
      entry.bead_id,
      timeSince(page, entry.released_at ?? entry.expires_at),
      entry.state,
      basename(projectOf(entry) ?? ''),
      entry.released_by ?? '',
      entry.reason ?? '',
    ]),
  );
}
