/**
 * Who may do what, kept by the server itself: whoever has a login of the database can speak SQL to it past all of our code.
 * The owner of the tables may do everything. Anybody else has to be admitted to a namespace (docs/teams.md), as certain
 * agents, and can then read it, write what is theirs, and do to what is another's only what the rules let everybody do: end
 * what is past its time, ask for it, and take over what its holder hands over to them. The conditions hold for each row and
 * column, so that they need not trust a client.
 */

export const ACCESS_RULES = `
create table agent_reservations.member (
  role_name name not null,
  namespace_id integer not null references agent_reservations.namespace,
  -- Which agents it may act as: ids, with * for any characters.
  agents text[] not null,
  may_write boolean not null,
  may_force boolean not null,
  primary key (role_name, namespace_id)
);

-- By the login, which a client cannot change; it may be a member of the role that was admitted.
create view agent_reservations.own_membership as
  select namespace_id, agents, may_write, may_force
  from agent_reservations.member
  join pg_catalog.pg_roles on rolname = role_name
  where pg_catalog.pg_has_role(session_user, pg_roles.oid, 'member');

-- These run with the owner's rights, since nobody else reads who is admitted where. None is in the language SQL: the server
-- would plan it anew in every statement.
create function agent_reservations.readable() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog as
$$ begin
  return (select coalesce(array_agg(namespace_id), '{}') from agent_reservations.own_membership);
end $$;

create function agent_reservations.writable() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog as
$$ begin
  return (
    select coalesce(array_agg(namespace_id), '{}') from agent_reservations.own_membership where may_write
  );
end $$;

create function agent_reservations.acts_as(id integer, agent text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as
$$ begin
  return exists (
     select from agent_reservations.own_membership, unnest(agents) as pattern
     where namespace_id = id and may_write
       and agent like replace(replace(replace(pattern, '\\', '\\\\'), '_', '\\_'), '*', '%')
  );
end $$;

create function agent_reservations.may_force(id integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as
$$ begin
  return exists (
    select from agent_reservations.own_membership where namespace_id = id and may_write and own_membership.may_force
  );
end $$;

-- Of the closed ones of an agent, whether the other one waited for any: then it may be told, by whoever finds it over.
create function agent_reservations.waited_for(id integer, holder text, waiter text) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as
$$ begin
  return exists (
     select from agent_reservations.reservation
     where namespace_id = id and state <> 'active' and agent_id = holder
       and json_typeof(record -> 'waiting') = 'array'
       and exists (select from json_array_elements(record -> 'waiting') as one where one ->> 'agent_id' = waiter)
  );
end $$;

-- Whether that message of the holder hands the very reservation over to that recipient. Only the holder can have written it.
create function agent_reservations.handed_over(id integer, message text, recipient text, entry jsonb) returns boolean
language plpgsql stable security definer set search_path = pg_catalog as
$$ begin
  return exists (
     select from agent_reservations.message as letter,
       json_array_elements(case when json_typeof(letter.record #> '{handoff,scopes}') = 'array'
         then letter.record #> '{handoff,scopes}' else '[]' end) as one
     where letter.namespace_id = id and letter.message_id = message and letter.to_agent = recipient
       and letter.record ->> 'from_agent' = entry ->> 'agent_id' and letter.record ->> 'category' = 'HANDOFF'
       and one ->> 'reservation_id' = entry ->> 'reservation_id' and one ->> 'scope' = entry ->> 'scope'
       and one ->> 'fence' is not distinct from entry ->> 'fence'
  );
end $$;

create function agent_reservations.denied(why text) returns void
language plpgsql as
$$ begin raise exception using errcode = '42501', message = why; end $$;

-- The version and the numbers of a namespace only grow, by steps: else fences could be given out twice.
create function agent_reservations.guard_namespace() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if row_security_active(tg_relid) and (
    new.namespace <> old.namespace or new.version <> old.version + 1 or new.fence < old.fence or new.seq < old.seq
  ) then
    perform agent_reservations.denied('the numbers of a namespace only grow');
  end if;
  return new;
end $$;

create function agent_reservations.others_waiting(record json, id integer) returns jsonb[]
language plpgsql stable set search_path = pg_catalog as
$$ begin
  return (select coalesce(array_agg(one), '{}')
   from jsonb_array_elements(
     case when json_typeof(record -> 'waiting') = 'array' then (record -> 'waiting')::jsonb else '[]' end
   ) as one
   where not agent_reservations.acts_as(id, coalesce(one ->> 'agent_id', '')));
end $$;

create function agent_reservations.guard_reservation() returns trigger
language plpgsql set search_path = pg_catalog as $$
declare
  was jsonb;
  is_now jsonb;
  lost integer;
begin
  if not row_security_active(tg_relid) then
    return new;
  end if;
  was := old.record::jsonb;
  is_now := new.record::jsonb;
  if old.state <> 'active' then
    perform agent_reservations.denied('what is over stays as it is');
  end if;
  if new.namespace_id <> old.namespace_id or new.seq <> old.seq
    or is_now ->> 'reservation_id' <> was ->> 'reservation_id' or is_now ->> 'agent_id' <> was ->> 'agent_id' then
    perform agent_reservations.denied('a reservation stays its holder''s');
  end if;
  if agent_reservations.acts_as(old.namespace_id, old.agent_id) then
    return new;
  end if;
  -- What is generated is not there yet in a new row.
  if is_now ->> 'state' = 'expired' and old.expires_at <= clock_timestamp() and is_now - 'state' = was - 'state' then
    return new;
  end if;
  if is_now ->> 'state' = 'released' and agent_reservations.may_force(old.namespace_id)
    and agent_reservations.acts_as(old.namespace_id, coalesce(is_now ->> 'released_by', ''))
    and coalesce(is_now ->> 'reason', '') <> ''
    and is_now - '{state,released_at,released_by,reason}'::text[] = was - '{state,released_at,released_by,reason}'::text[] then
    return new;
  end if;
  if is_now ->> 'state' = 'released'
    and agent_reservations.acts_as(old.namespace_id, coalesce(is_now #>> '{handoff,to}', ''))
    and agent_reservations.handed_over(old.namespace_id, is_now #>> '{handoff,message_id}', is_now #>> '{handoff,to}', was)
    and is_now - '{state,released_at,handoff}'::text[] = was - '{state,released_at,handoff}'::text[] then
    return new;
  end if;
  if is_now ->> 'state' = 'active' and is_now - 'waiting' = was - 'waiting' then
    lost := cardinality(agent_reservations.others_waiting(old.record, old.namespace_id))
      - cardinality(agent_reservations.others_waiting(new.record, new.namespace_id));
    -- A full list makes room by one.
    if agent_reservations.others_waiting(new.record, new.namespace_id)
        <@ agent_reservations.others_waiting(old.record, old.namespace_id)
      and lost <= (case when jsonb_array_length(coalesce(was -> 'waiting', '[]')) >= 32 then 1 else 0 end) then
      return new;
    end if;
  end if;
  perform agent_reservations.denied(format('this user may not do that to a reservation of %L', old.agent_id));
  return new;
end $$;

create function agent_reservations.guard_message() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if row_security_active(tg_relid) and (
    new.namespace_id <> old.namespace_id
    or new.record::jsonb - '{state,read_at,acked_at}'::text[] <> old.record::jsonb - '{state,read_at,acked_at}'::text[]
    or (old.acked_at is not null and new.record::jsonb <> old.record::jsonb)
  ) then
    perform agent_reservations.denied('of a message only its recipient''s marks can change');
  end if;
  return new;
end $$;

create function agent_reservations.guard_commit_made() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if row_security_active(tg_relid) and (
    (tg_op = 'UPDATE' and (new.namespace_id <> old.namespace_id or new.slot <> old.slot or new.version <= old.version))
    or new.version > (select version + 1 from agent_reservations.namespace as one where one.namespace_id = new.namespace_id)
  ) then
    perform agent_reservations.denied('a commit is noted once, as the next');
  end if;
  return new;
end $$;

create trigger guard before insert or update on agent_reservations.commit_made
  for each row execute function agent_reservations.guard_commit_made();
create trigger guard before update on agent_reservations.namespace
  for each row execute function agent_reservations.guard_namespace();
create trigger guard before update on agent_reservations.reservation
  for each row execute function agent_reservations.guard_reservation();
create trigger guard before update on agent_reservations.message
  for each row execute function agent_reservations.guard_message();

alter table agent_reservations.namespace enable row level security;
alter table agent_reservations.commit_made enable row level security;
alter table agent_reservations.reservation enable row level security;
alter table agent_reservations.agent enable row level security;
alter table agent_reservations.message enable row level security;
alter table agent_reservations.member enable row level security;

create policy readable on agent_reservations.namespace for select
  using (namespace_id = any ((select agent_reservations.readable())::integer[]));
create policy writable on agent_reservations.namespace for update
  using (namespace_id = any ((select agent_reservations.writable())::integer[]));

create policy readable on agent_reservations.commit_made for select
  using (namespace_id = any ((select agent_reservations.readable())::integer[]));
create policy noted on agent_reservations.commit_made for insert
  with check (namespace_id = any ((select agent_reservations.writable())::integer[]));
create policy noted_again on agent_reservations.commit_made for update
  using (namespace_id = any ((select agent_reservations.writable())::integer[]));

create policy readable on agent_reservations.reservation for select
  using (namespace_id = any ((select agent_reservations.readable())::integer[]));
create policy granted on agent_reservations.reservation for insert
  with check (agent_reservations.acts_as(namespace_id, record ->> 'agent_id'));
create policy writable on agent_reservations.reservation for update
  using (namespace_id = any ((select agent_reservations.writable())::integer[]));

create policy readable on agent_reservations.agent for select
  using (namespace_id = any ((select agent_reservations.readable())::integer[]));
create policy own on agent_reservations.agent for insert with check (agent_reservations.acts_as(namespace_id, agent_id));
create policy own_update on agent_reservations.agent for update using (agent_reservations.acts_as(namespace_id, agent_id));

create policy readable on agent_reservations.message for select
  using (namespace_id = any ((select agent_reservations.readable())::integer[]));
create policy sent on agent_reservations.message for insert
  with check (
    agent_reservations.acts_as(namespace_id, record ->> 'from_agent')
    or (namespace_id = any ((select agent_reservations.writable())::integer[])
      and record ->> 'category' = 'INFO' and record ->> 'requires_ack' = 'false'
      and agent_reservations.waited_for(namespace_id, record ->> 'from_agent', record ->> 'to_agent'))
  );
create policy received on agent_reservations.message for update
  using (agent_reservations.acts_as(namespace_id, to_agent));

-- For the owner: lets a role into a namespace, which is made where it is not there yet. Again: changes what it may.
create function agent_reservations.admit(
  role_name name, namespace text, agents text[] default '{*}', may_write boolean default true, may_force boolean default false
) returns void
language plpgsql set search_path = pg_catalog as $$
declare
  id integer;
begin
  insert into agent_reservations.namespace (namespace) values (admit.namespace) on conflict do nothing;
  select namespace_id into strict id from agent_reservations.namespace as one where one.namespace = admit.namespace;
  execute format('grant usage on schema agent_reservations to %I', role_name);
  execute format('grant select on agent_reservations.migration, agent_reservations.namespace,
    agent_reservations.reservation, agent_reservations.agent, agent_reservations.message to %I', role_name);
  execute format('grant execute on function agent_reservations.readable() to %I', role_name);
  if may_write then
    execute format('grant insert, update on agent_reservations.reservation, agent_reservations.agent,
      agent_reservations.message, agent_reservations.commit_made to %I', role_name);
    execute format('grant select on agent_reservations.commit_made to %I', role_name);
    execute format('grant update (version, fence, seq) on agent_reservations.namespace to %I', role_name);
    execute format('grant execute on function agent_reservations.writable(),
      agent_reservations.acts_as(integer, text), agent_reservations.may_force(integer),
      agent_reservations.waited_for(integer, text, text), agent_reservations.denied(text),
      agent_reservations.handed_over(integer, text, text, jsonb),
      agent_reservations.others_waiting(json, integer) to %I', role_name);
  end if;
  insert into agent_reservations.member values (admit.role_name, id, admit.agents, admit.may_write, admit.may_force)
  on conflict on constraint member_pkey do update
    set agents = excluded.agents, may_write = excluded.may_write, may_force = excluded.may_force;
end $$;

-- For the owner: shows a role out again. What it holds stays until it ends, or somebody forces it.
create function agent_reservations.expel(role_name name, namespace text) returns void
language sql set search_path = pg_catalog as
$$ delete from agent_reservations.member
   where member.role_name = expel.role_name
     and namespace_id = (select namespace_id from agent_reservations.namespace as one where one.namespace = expel.namespace) $$;

revoke execute on all functions in schema agent_reservations from public;
`;
