/**
 * The tables, step by step. A step that has been released is never changed again: what is different comes as another
 * one. docs/architecture.md says what the tables hold.
 */

import { ACCESS_RULES } from './accessRules';

const TABLES = `
-- One team's reservations. Numbers grow under the lock: version with each commit, fence and seq with what is granted.
create table agent_reservations.namespace (
  namespace_id integer generated always as identity primary key,
  namespace text not null unique check (length(namespace) between 1 and 200),
  version bigint not null default 0,
  fence bigint not null default 0,
  seq bigint not null default 0
);

-- One row for the life of a lease. What is generated cannot be other than the record says.
create table agent_reservations.reservation (
  namespace_id integer not null references agent_reservations.namespace,
  seq bigint not null,
  changed bigint not null,
  record json not null,
  reservation_id text not null generated always as (record ->> 'reservation_id') stored,
  scope text not null generated always as (record ->> 'scope') stored,
  agent_id text not null generated always as (record ->> 'agent_id') stored,
  project text generated always as (
    case when json_typeof(record -> 'project') = 'string' then nullif(record ->> 'project', '') end
  ) stored,
  state text not null generated always as (record ->> 'state') stored,
  expires_at timestamptz not null,
  closed_at timestamptz,
  primary key (namespace_id, seq),
  check (state in ('active', 'released', 'expired')),
  check (expires_at = (record ->> 'expires_at')::timestamptz),
  check (closed_at is not distinct from
    case when state <> 'active' then coalesce(record ->> 'released_at', record ->> 'expires_at')::timestamptz end),
  -- Two active rows of one scope are impossible. By hash, since a scope may be longer than an entry of another index; the
  -- texts themselves are compared. At the end of the transaction, since a takeover ends one and begins another.
  exact text not null generated always as (
    namespace_id::text || ':' ||
    case when json_typeof(record -> 'project') = 'string' then length(record ->> 'project')::text || ':' || (record ->> 'project')
         else '0:' end
    || (record ->> 'scope')
  ) stored,
  constraint one_active_of_a_scope exclude using hash (exact with =) where (state = 'active') deferrable initially deferred
);
create index reservation_changed on agent_reservations.reservation (namespace_id, changed);
create index reservation_active on agent_reservations.reservation (namespace_id, seq) where state = 'active';
create index reservation_closed on agent_reservations.reservation (namespace_id, closed_at, seq) where state <> 'active';
-- For whoever asks what somebody was refused because of.
create index reservation_waited on agent_reservations.reservation (namespace_id, closed_at, seq)
  where state <> 'active' and json_typeof(record -> 'waiting') = 'array';
create index reservation_holder on agent_reservations.reservation (namespace_id, agent_id, closed_at, seq)
  where state <> 'active';

-- The last ten thousand commits: whoever lost the answer to one finds here whether it was made. Not the number of the
-- transaction, which a server gives out again after a crash where nothing of the first one had come to its disk.
create table agent_reservations.commit_made (
  namespace_id integer not null references agent_reservations.namespace,
  slot integer not null,
  version bigint not null,
  token text not null,
  primary key (namespace_id, slot),
  check (slot = version % 10000)
);

create table agent_reservations.agent (
  namespace_id integer not null references agent_reservations.namespace,
  agent_id text not null,
  record json not null,
  primary key (namespace_id, agent_id),
  check (agent_id = record ->> 'agent_id')
);

create table agent_reservations.message (
  namespace_id integer not null references agent_reservations.namespace,
  message_id text not null check (length(message_id) <= 500),
  record json not null,
  to_agent text not null generated always as (record ->> 'to_agent') stored,
  is_open boolean not null generated always as (
    coalesce((record ->> 'requires_ack') = 'true', false) and coalesce((record ->> 'state') <> 'acked', true)
  ) stored,
  created_at timestamptz not null,
  acked_at timestamptz,
  primary key (namespace_id, message_id),
  check (message_id = record ->> 'message_id'),
  check (created_at = (record ->> 'created_at')::timestamptz),
  check (acked_at is not distinct from (record ->> 'acked_at')::timestamptz)
);
create index message_inbox on agent_reservations.message (namespace_id, to_agent);
create index message_open on agent_reservations.message (namespace_id) where is_open;
create index message_created on agent_reservations.message (namespace_id, created_at);
`;

/** By number, from 1: what each step does. */
export const MIGRATIONS: readonly string[] = [TABLES, ACCESS_RULES];

/** The version that this program works with. */
export const SCHEMA_VERSION = MIGRATIONS.length;
