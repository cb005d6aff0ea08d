/** That what is asked again and again is found by an index, however much there is: as owner, and under the rules of a role. */

import assert from 'node:assert/strict';
import { Client, type ClientBase } from 'pg';
import { ActiveList } from '../../src/store/postgres/activeList';
import { HistoryRowsReading } from '../../src/store/postgres/historyReading';
import { readClosed, readMessages, readRecentlyClosed } from '../../src/store/postgres/reading';
import { activeSql, readActive } from '../../src/store/postgres/transaction';
import { useDatabase } from '../support/sharedPostgres';

const CLOSED = 20_000;
const ACTIVE = 2_000;
/** Of these, one in a hundred waits for an acknowledgement. */
const MESSAGES = 5_000;

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

const READINGS: Readonly<Record<string, (client: ClientBase, id: number) => Promise<unknown>>> = {
  'what has changed': (client, id) => client.query(activeSql(id, CLOSED + ACTIVE - 50)),
  'what is active': (client, id) => readActive(client, id, new ActiveList('here')),
  'what is over, newest first': (client, id) =>
    readClosed(client, id, new Date(0), { count: 250, matches: () => true }),
  'what is over since then, oldest first, and what is over since that': async (client, id) => {
    const reading = new HistoryRowsReading(new Date(Date.now() - 24 * 3_600_000));
    while (!(await reading.next(client, id)).isLast) {
      // The next page is another statement.
    }
    // As if it had been read when that was not there yet.
    Object.assign(reading, { version: String(CLOSED + ACTIVE - 50) });
    await reading.next(client, id);
  },
  'what was over of late': (client, id) => readRecentlyClosed(client, id, 'agent-1'),
  'messages that wait': (client, id) => readMessages(client, id, 'open', 'here'),
  'an inbox': (client, id) => readMessages(client, id, { to: 'agent-1' }, 'here'),
};

describe('what is asked on PostgreSQL again and again', () => {
  const database = useDatabase();

  it('is found by an index, as it is planned for once and for all', async () => {
    await database()
      .open()
      .transactAgent('agent-1', () => ({
        next: AGENT,
        answer: { ok: true, data: 1 },
      }));
    const { server, name } = database();
    await server.query(FILL, [], name);
    await server.query('analyze', [], name);
    await server.query(`create role "${name}_agent" login password 'p'`);
    await server.query('select agent_reservations.admit($1, $2)', [`${name}_agent`, 'default'], name);
    const asRole = database().url.replace(/\/\/.*@/, `//${name}_agent:p@`);
    const found: string[] = [];
    for (const [who, url] of Object.entries({ owner: database().url, role: asRole })) {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        const [{ id } = { id: 0 }] = (await client.query('select namespace_id as id from agent_reservations.namespace'))
          .rows;
        for (const [what, read] of Object.entries(READINGS)) {
          for (const asked of await listened(client, (listening) => read(listening, Number(id)))) {
            for (const scan of await scans(client, asked)) {
              found.push(`${who}, ${what}: ${scan}`);
            }
          }
        }
      } finally {
        await client.end();
      }
    }
    assert.deepEqual(found, []);
  });

  it('is seen to be searched through where it is', async () => {
    const client = new Client({ connectionString: database().url });
    await client.connect();
    try {
      const text = `select record from agent_reservations.reservation where record ->> 'bead_id' = $1`;
      assert.deepEqual(await scans(client, { text, values: ['b'] }), [
        'Seq Scan on reservation',
        'Seq Scan on reservation',
      ]);
    } finally {
      await client.end();
    }
  });
});

/** What is asked through a client while it is asked: statements by themselves, without those that begin and end. */
async function listened(client: Client, ask: (client: ClientBase) => Promise<unknown>): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  await ask(
    new Proxy(client, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (property !== 'query') {
          return value;
        }
        return (query: string | { text: string; values: unknown[] }) => {
          if (typeof query === 'string') {
            asked.push(...query.split(';').map((text) => ({ text, values: [] })));
          } else {
            asked.push(query);
          }
          return target.query(query as never);
        };
      },
    }),
  );
  const selects = asked.filter(({ text }) => /^\s*(select|with|\()/.test(text));
  assert.ok(selects.length > 0, 'nothing was asked');
  return selects;
}

/** Whole tables that are read for it: planned for these values, and for any. Small tables do not count. */
async function scans(client: Client, { text, values }: Asked): Promise<readonly string[]> {
  const found: string[] = [];
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await client.query(`set plan_cache_mode = ${mode}`);
    await client.query(`prepare asked as ${text}`);
    const list = values.length > 0 ? `(${values.map((value) => client.escapeLiteral(inText(value))).join(', ')})` : '';
    const { rows } = await client.query(`explain (format json) execute asked${list}`);
    await client.query('deallocate asked');
    for (const node of nodes(rows[0]['QUERY PLAN'][0].Plan as Plan)) {
      if (node['Node Type'] === 'Seq Scan' && ['reservation', 'message'].includes(node['Relation Name'] ?? '')) {
        found.push(`${node['Node Type']} on ${node['Relation Name']}`);
      }
    }
  }
  return found;
}

function* nodes(plan: Plan): Generator<Plan> {
  yield plan;
  for (const one of plan.Plans ?? []) {
    yield* nodes(one);
  }
}

const inText = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));

const AGENT = {
  agent_id: 'agent-1',
  display_name: '',
  role: 'r',
  status: 'idle',
  created_at: '2026-01-01T00:00:00.000Z',
  last_seen_at: '2026-01-01T00:00:00.000Z',
  version: 1,
};

/** A month of work, with what is active among it, and what few have waited for. */
const FILL = `
with made as (
  select n, namespace_id, n > ${CLOSED} as is_active, to_char(now() at time zone 'UTC' - (${CLOSED + ACTIVE} - n) * interval '2 minutes',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
  from generate_series(1, ${CLOSED + ACTIVE}) as n, agent_reservations.namespace
), entry as (
  select n, namespace_id, at, json_build_object(
    'reservation_id', 'res_' || n, 'scope', 'src/' || n, 'agent_id', 'agent-' || n % 50, 'bead_id', 'b',
    'state', case when is_active then 'active' else 'released' end, 'created_at', at, 'expires_at', at,
    'released_at', case when not is_active then at end,
    'waiting', case when n % 40 = 0 then json_build_array(json_build_object('agent_id', 'agent-1', 'scope', 's', 'since', at)) end
  ) as record, is_active from made
)
insert into agent_reservations.reservation (namespace_id, seq, changed, record, expires_at, closed_at)
select namespace_id, n, n, record, at::timestamptz, case when not is_active then at::timestamptz end from entry;
update agent_reservations.namespace set version = ${CLOSED + ACTIVE}, seq = ${CLOSED + ACTIVE};
insert into agent_reservations.message (namespace_id, message_id, record, created_at)
select namespace_id, 'msg_' || n, json_build_object('message_id', 'msg_' || n, 'to_agent', 'agent-' || n % 50, 'state', 'read',
  'requires_ack', n % 100 = 0, 'created_at', '2026-01-01T00:00:00.000Z'), '2026-01-01T00:00:00.000Z'
from generate_series(1, ${MESSAGES}) as n, agent_reservations.namespace`;
