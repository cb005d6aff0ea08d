/** What is done with a store on a PostgreSQL server as a whole. A bundle of its own: hardly any call is of it. */

import { resolve } from 'node:path';
import { answer } from '../../coordination/answers';
import { oneLine } from '../../core/display';
import { granted, type Outcome, refused } from '../../core/envelope';
import { pastTime } from '../../core/history';
import type { Server } from '../../store/postgres/server';
import type { Exported } from '../../store/postgres/transferExport';
import type { Imported, Tally } from '../../store/postgres/transferImport';
import type { LeftOut } from '../../store/postgres/transferSource';
import { count } from '../page';
import { type Given, type Told, told, type Verb } from '../verb';

interface Action {
  readonly needsFolder?: true;
  run(server: Server, given: Given, folder: string): Promise<Told>;
}

export const postgres: Verb = {
  name: 'postgres',
  command: 'agent postgres',
  summary: 'Prepare a store on a PostgreSQL server, tidy it up, fill it from files or write it to files.',
  options: {
    before: { value: 'TIME', help: 'With prune: a time such as 2026-02-13, or so many days ago, as 90.' },
  },
  rest: 'migrate|prune|import DIR|export DIR',
  notes: [
    'migrate makes the tables, or brings them to the version of this program. It needs the rights of their owner.',
    'prune deletes what was over before that time: reservations that have ended, and messages that wait for nothing more.',
    'import takes over the file store in a folder: agents, messages, reservations and the whole history. Stop the agents first:',
    'it reads without a lock. Called again, it changes nothing, and what is newer there stays. What cannot be taken over is',
    'listed, and the exit code is then 1.',
    'export writes a file store into a folder that is new, empty, or an export of the same namespace that nobody has changed.',
    'The password is in the URL, in PGPASSWORD, or in ~/.pgpass, as for every client of PostgreSQL.',
  ],
  example: 'postgres migrate --store postgres://dana@db.example.org/agents',
  isOfWholeServer: ({ rest }) => rest[0] === 'migrate',
  run: async (given, surroundings) => {
    const { server } = surroundings;
    const [name = '', folder, ...rest] = given.rest;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action || rest.length > 0 || (action.needsFolder === true) !== (folder !== undefined)) {
      return refusal('Say what to do: migrate, prune --before TIME, import DIR or export DIR.');
    }
    if (!server) {
      return refusal(
        'This is for a store on a server: give --store postgres://user@host/database, or set AGENT_RESERVATIONS_STORE to that.',
      );
    }
    return await action.run(server, given, resolve(surroundings.cwd, folder ?? ''));
  },
};

const ACTIONS: Readonly<Record<string, Action>> = {
  migrate: {
    run: (server) =>
      done(
        async () => granted(await server.migrate()),
        ({ from, to }) => [
          from === to
            ? `The tables are of version ${to} already.`
            : `The tables are of version ${to} now; ${from === 0 ? 'there were none' : `they were of version ${from}`}.`,
        ],
      ),
  },

  prune: {
    run: (server, given) => {
      const text = given.text('before')?.trim() ?? '';
      return done(
        async () => {
          const now = text ? await server.askNow() : new Date();
          const before = pastTime(/^\d+$/.test(text) ? `${text}d` : text, now);
          return before
            ? granted({ before: before.toISOString(), ...(await server.prune(before)) })
            : refused(
                'INVALID_ARGS',
                `${text ? `${JSON.stringify(text)} is no time` : 'Missing --before'}: write it as 2026-02-13T09:00:00Z, or how many ` +
                  'days ago, as 90.',
                { before: text },
              );
        },
        ({ before, reservations, messages }) => [
          `Deleted ${count(reservations, 'reservation')} and ${count(messages, 'message')} that were over before ${before}.`,
        ],
      );
    },
  },

  import: {
    needsFolder: true,
    run: async (server, _given, folder) => {
      const answered = await answer('agent postgres', () => server.importFolder(folder));
      return { ...told(answered, imported), hasFailed: answered.ok && answered.data.left_out_count > 0 };
    },
  },

  export: {
    needsFolder: true,
    run: async (server, _given, folder) => {
      const answered = await answer('agent postgres', () => server.exportFolder(folder));
      return { ...told(answered, exported), hasFailed: answered.ok && answered.data.left_out.length > 0 };
    },
  },
};

function imported({
  namespace,
  agents,
  messages,
  active,
  history,
  left_out,
  left_out_count,
}: Imported): readonly string[] {
  const line = (what: string, { added, updated, kept }: Tally) =>
    `  ${what.padEnd(NAME_WIDTH)}  ${added} new, ${updated} updated, ${kept} as they were`;
  return [
    `Imported into the namespace ${oneLine(namespace)}:`,
    line('agents', agents),
    line('messages', messages),
    line('held', active),
    line('history', history),
    ...leftOutLines(left_out, left_out_count),
  ];
}

function exported({ folder, namespace, agents, messages, active, history, left_out }: Exported): readonly string[] {
  return [
    `Wrote the namespace ${oneLine(namespace)} to ${oneLine(folder, folder.length)}:`,
    `  ${count(agents, 'agent')}, ${count(messages, 'message')}, ${count(active, 'scope')} held, ${history} in the history`,
    ...leftOutLines(left_out, left_out.length),
  ];
}

function leftOutLines(leftOut: readonly LeftOut[], number: number): readonly string[] {
  return number === 0
    ? []
    : [
        `Left out: ${number}`,
        ...leftOut.map(({ what, id, why }) => `  ${what} ${oneLine(id)}: ${oneLine(why, LONGEST)}`),
      ];
}

const NAME_WIDTH = 'messages'.length;
/** A reason may name a path. */
const LONGEST = 1_000;

async function done<T>(operation: () => Promise<Outcome<T>>, lines: (data: T) => readonly string[]): Promise<Told> {
  return told(await answer('agent postgres', operation), lines);
}

function refusal(message: string): Promise<Told> {
  return done(
    () => Promise.resolve(refused('INVALID_ARGS', message)),
    () => [],
  );
}
