/** What is wrong with a server, or with the way to it. Reads only. */

import type { Finding, FindingKind } from '../finding';
import { StoreProblem } from '../problem';
import type { Connections } from './connections';
import { SCHEMA_VERSION } from './migrations';
import { MIGRATE } from './problems';

const OLDEST_SERVER = 12;
const CLOCK_TOLERANCE_MS = 5_000;

interface Facts {
  readonly server: number;
  readonly now: string;
  readonly superuser: boolean;
}

const FACTS = `
  select current_setting('server_version_num')::int as server,
    floor(extract(epoch from clock_timestamp()) * 1000) as now,
    (select rolsuper from pg_roles where rolname = current_user) as superuser`;

/** `clock` is this machine's. */
export async function diagnose(connections: Connections, clock: () => number = Date.now): Promise<readonly Finding[]> {
  const { address, place } = connections;
  const findings: Finding[] = [];
  const found = (kind: FindingKind, message: string, facts: Finding['facts'] = {}) =>
    findings.push({ id: `${kind}:${place}`, kind, path: place, message, repair: null, risky: false, facts });

  if (address.ssl === false && !address.isLoopback) {
    found(
      'NOT_ENCRYPTED',
      `What goes between here and ${address.host} can be read and changed on the way (sslmode=disable).`,
    );
  }
  try {
    const before = clock();
    const { rows } = await connections.useAny((client) => client.query<Facts>(FACTS));
    const after = clock();
    const { server = 0, now = '0', superuser = false } = rows[0] ?? {};
    const version = Math.floor(server / 10_000);
    if (version < OLDEST_SERVER) {
      found('SERVER_TOO_OLD', `The server is PostgreSQL ${version}; ${OLDEST_SERVER} or later is needed.`, {
        found: version,
        needed: OLDEST_SERVER,
      });
    }
    // The server was asked at some moment in between.
    const ms = apart(Number(now), before, after);
    if (Math.abs(ms) > CLOCK_TOLERANCE_MS) {
      const seconds = Math.round(Math.abs(ms) / 1000);
      found(
        'CLOCK_DIFFERENCE',
        `This machine's clock is ${seconds} s ${ms > 0 ? 'behind' : 'ahead of'} the server's. Leases end by the server's; how long ` +
          "one still lasts is shown by this machine's, and is wrong by so much. Set it.",
        { differenceMs: ms },
      );
    }
    if (superuser) {
      found(
        'POWERFUL_ROLE',
        'The role that is connected with is a superuser of the whole server. Use one that is not.',
      );
    }
    const schema = await connections.schemaVersion();
    if (schema !== SCHEMA_VERSION) {
      found(
        'OTHER_SCHEMA',
        schema < SCHEMA_VERSION
          ? `The tables are of version ${schema}, and ${SCHEMA_VERSION} is needed. Run: ${MIGRATE}.`
          : `The tables are of version ${schema}, and this program knows ${SCHEMA_VERSION} at most. Update it.`,
        { found: schema, needed: SCHEMA_VERSION },
      );
    }
  } catch (error) {
    if (!(error instanceof StoreProblem)) {
      throw error;
    }
    found('OUT_OF_REACH', error.message, error.facts);
  }
  return findings;
}

/** How far a clock is ahead of another that showed `before` and `after` around it: 0 where that cannot be told. */
function apart(now: number, before: number, after: number): number {
  return now > after ? now - after : Math.min(0, now - before);
}
