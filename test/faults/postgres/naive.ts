/**
 * The control: clients that look whether a scope is free and then take it, without the lock. What they hold twice must be
 * found by the very judge that finds nothing in ours.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { seeded } from '../random';
import { add, NO_FIGURES, type Outcome, type Scenario } from '../scenario';
import { judge } from './judge';
import { prepared, withServer } from './place';

const SCOPES = ['src', 'src/a', 'src/a/x.ts', 'docs', 'docs/b.md'];
const CLIENTS = 6;
/** Of all clients, in one round. */
const ROUND_GRANTS = 60;
/** Whether two are let in is chance; nearly always the first round shows it. */
const MOST_ROUNDS = 40;

export const postgresNaive: Scenario = {
  name: 'clients that look and then take, without the lock',
  run: ({ seed }) =>
    withServer({}, async (server) => {
      const url = await server.database('naive');
      await prepared(url, ['agent-0']);
      await server.query('create sequence public.seq', [], 'naive');
      let operations = 0;
      let twice = 0;
      for (let round = 0; round < MOST_ROUNDS && twice === 0; round++) {
        const grants = { left: ROUND_GRANTS };
        await Promise.all(Array.from({ length: CLIENTS }, (_, number) => work(url, number, round, seed, grants)));
        operations += ROUND_GRANTS - grants.left;
        const { violations } = await judge(url, []);
        twice = violations.filter((text) => text.startsWith('held twice')).length;
      }
      const figures = add(NO_FIGURES, { operations, controlsFound: twice > 0 ? 1 : 0 });
      const problems = twice > 0 ? [] : ['two holders of one scope were not found; this judge proves nothing'];
      return { figures, problems, notes: [`of ${operations} grants, ${twice} pairs held twice`] } satisfies Outcome;
    }),
};

/** Goes on until all of them together have been granted as many as there are to be. */
async function work(url: string, number: number, round: number, seed: number, grants: { left: number }): Promise<void> {
  const random = seeded(seed + number + round * CLIENTS);
  // Two that wait for each other would stand still for a second, and with them all who want the same.
  const client = new Client({ connectionString: url, options: '-c deadlock_timeout=20ms' });
  await client.connect();
  let granted = 0;
  for (; grants.left > 0; await sleep(random.below(5))) {
    const scope = random.pick(SCOPES);
    const { rows } = await client.query<{ scope: string }>(
      `select scope from agent_reservations.reservation where state = 'active'`,
    );
    if (rows.some((held) => `${scope}/`.startsWith(`${held.scope}/`) || `${held.scope}/`.startsWith(`${scope}/`))) {
      continue;
    }
    const id = `res_${number}_${round}_${granted}`;
    try {
      await client.query(TAKE, [id, scope, `agent-${number}`]);
    } catch (error) {
      // Of one and the same scope, the server itself allows one only, or sees two wait for each other.
      if (['23P01', '40P01'].includes((error as { code?: string }).code ?? '')) {
        continue;
      }
      throw error;
    }
    granted++;
    grants.left--;
    await sleep(random.below(10));
    await client.query(GIVE, [id]);
  }
  await client.end();
}

const AT = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const TAKE = `
insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at)
select namespace_id, number, number, json_build_object('reservation_id', $1::text, 'scope', $2::text, 'agent_id', $3::text,
  'bead_id', $1::text, 'state', 'active', 'created_at', at, 'expires_at', '2100-01-01T00:00:00.000Z'), '2100-01-01T00:00:00.000Z'
from agent_reservations.namespace as one, nextval('public.seq') as number, ${AT} as at`;

const GIVE = `
update agent_reservations.reservation set closed_at = at::timestamptz,
  record = (record::jsonb || jsonb_build_object('state', 'released', 'released_at', at))::json
from ${AT} as at where record ->> 'reservation_id' = $1`;
