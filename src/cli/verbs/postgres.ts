/** What is done with a store on a PostgreSQL server as a whole. A bundle of its own: hardly any call is of it. */

import { answer } from '../../coordination/answers';
import { granted, type Outcome, refused } from '../../core/envelope';
import { pastTime } from '../../core/history';
import type { Server } from '../../store/postgres/server';
import { count } from '../page';
import { type Given, type Told, told, type Verb } from '../verb';

type Action = (server: Server, given: Given) => Promise<Told>;

export const postgres: Verb = {
  name: 'postgres',
  command: 'agent postgres',
  summary: 'Prepare or tidy up a store on a PostgreSQL server.',
  options: {
    before: { value: 'TIME', help: 'With prune: a time such as 2026-02-13, or so many days ago, as 90.' },
  },
  rest: 'migrate|prune',
  notes: [
    'migrate makes the tables, or brings them to the version of this program. It needs the rights of their owner.',
    'prune deletes what was over before that time: reservations that have ended, and messages that wait for nothing more.',
    'The password is in the URL, in PGPASSWORD, or in ~/.pgpass, as for every client of PostgreSQL.',
  ],
  example: 'postgres migrate --store postgres://dana@db.example.org/agents',
  run: async (given, { server }) => {
    const [name = '', ...rest] = given.rest;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (!action || rest.length > 0) {
      return refusal('Say what to do, as one word: migrate or prune.');
    }
    if (!server) {
      return refusal(
        'This is for a store on a server: give --store postgres://user@host/database, or set AGENT_RESERVATIONS_STORE to that.',
      );
    }
    return await action(server, given);
  },
};

const ACTIONS: Readonly<Record<string, Action>> = {
  migrate: (server) =>
    done(
      async () => granted(await server.migrate()),
      ({ from, to }) => [
        from === to
          ? `The tables are of version ${to} already.`
          : `The tables are of version ${to} now; ${from === 0 ? 'there were none' : `they were of version ${from}`}.`,
      ],
    ),

  prune: (server, given) => {
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
};

async function done<T>(operation: () => Promise<Outcome<T>>, lines: (data: T) => readonly string[]): Promise<Told> {
  return told(await answer('agent postgres', operation), lines);
}

function refusal(message: string): Promise<Told> {
  return done(
    () => Promise.resolve(refused('INVALID_ARGS', message)),
    () => [],
  );
}
