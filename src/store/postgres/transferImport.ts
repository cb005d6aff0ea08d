/**
 * Taking a file store over into a namespace: in one transaction under its lock, so that nobody sees half of it. What is
 * long (history, messages) goes into temporary tables first, in pieces. Taken over again, it changes nothing: what is
 * there already and newer stays as it is.
 */

import type { ClientBase } from 'pg';
import type { AgentRecord } from '../../core/agent';
import { fenceOf } from '../../core/fence';
import type { Reservation } from '../../core/reservation';
import { instant } from '../../core/time';
import { ActiveList } from './activeList';
import type { Connections } from './connections';
import type { Namespace } from './namespace';
import { CHANNEL, payload } from './notification';
import { CommitLost, commit, settle } from './outcome';
import { unreachable } from './problems';
import type { Opened, Writes } from './session';
import { open, write } from './transaction';
import { type Decided, decideHeld } from './transferHeld';
import { agentsOf, heldIn, historyOf, type LeftOut, messagesOf } from './transferSource';
import { addStaged, CLOSED, MESSAGES, type StagedReservation, TEMPORARY, whyNotStorable } from './transferStaging';

export interface Tally {
  readonly added: number;
  /** Of what was there and is older. */
  readonly updated: number;
  /** What was there already. */
  readonly kept: number;
}

export interface Imported {
  readonly namespace: string;
  readonly folder: string;
  readonly agents: Tally;
  readonly messages: Tally;
  readonly active: Tally;
  readonly history: Tally;
  readonly left_out_count: number;
  /** The first thousand of them. */
  readonly left_out: readonly LeftOut[];
}

export interface ImportLimits {
  readonly lockMs: number;
  readonly outcomeMs: number;
}

const MOST_TOLD = 1_000;

/**
 * @param toShared names the project of an entry as it is named on every machine
 * @throws StoreProblem; nothing is changed then
 */
export function importFrom(
  connections: Connections,
  namespace: Namespace,
  { lockMs, outcomeMs }: ImportLimits,
  folder: string,
  toShared: (entry: Reservation) => Reservation,
): Promise<Imported> {
  return connections.use(async (client) => {
    const leftOut = new LeftOutList();
    await client.query(TEMPORARY);
    const staged = await stage(client, folder, toShared, leftOut);
    const agents = (await agentsOf(folder, leftOut.add)).filter((one) =>
      leftOut.isStorable('agent', one.agent_id, one),
    );
    const list = new ActiveList(connections.place);
    try {
      const ids = agents.map(({ agent_id }) => agent_id);
      const opened = await open(client, namespace, list, { active: true, agents: ids, messages: [] }, lockMs);
      const held = await decideHeld(client, await namespace.ensure(client), opened, list, staged.active);
      for (const one of held.leftOut) {
        leftOut.add(one);
      }
      const { writes, history, messages, told } = await takeOver(client, namespace, opened, agents, held);
      for (const id of messages.strange) {
        leftOut.add({ what: 'message', id, why: 'another message has that id there' });
      }
      if (hasChanges(writes, history.added, messages)) {
        await client.query('select pg_notify($1, $2)', [
          CHANNEL,
          payload(namespace, new Set(['reservations', 'messages', 'agents'])),
        ]);
        const wrote = await write(client, namespace, opened, Math.max(opened.fence, staged.fence), writes);
        try {
          await commit(client, wrote);
        } catch (error) {
          if (!(error instanceof CommitLost)) {
            throw error;
          }
          if (!(await settle(connections, error, outcomeMs))) {
            throw unreachable(connections.address, error.cause);
          }
        }
      } else {
        await client.query('rollback');
      }
      return {
        namespace: namespace.name,
        folder,
        agents: told,
        messages: {
          added: messages.added,
          updated: messages.updated,
          kept: staged.messages - messages.added - messages.updated - messages.strange.length,
        },
        active: held.tally,
        history: { added: history.added, updated: held.closings, kept: staged.closed - history.added - held.closings },
        left_out_count: leftOut.count,
        left_out: leftOut.first,
      };
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  });
}

class LeftOutList {
  count = 0;
  readonly first: LeftOut[] = [];

  readonly add = (one: LeftOut): void => {
    this.count++;
    if (this.first.length < MOST_TOLD) {
      this.first.push(one);
    }
  };

  isStorable(what: LeftOut['what'], id: string, record: object): boolean {
    const why = whyNotStorable(record);
    if (why !== undefined) {
      this.add({ what, id, why });
    }
    return why === undefined;
  }
}

interface Staged {
  readonly active: readonly Reservation[];
  readonly closed: number;
  readonly messages: number;
  /** The highest fence of all. */
  readonly fence: number;
}

/** Reads all, and puts what is long into the temporary tables. */
async function stage(
  client: ClientBase,
  folder: string,
  toShared: (entry: Reservation) => Reservation,
  leftOut: LeftOutList,
): Promise<Staged> {
  const { active, unrecorded } = heldIn(folder, leftOut.add);
  const held = active.filter((entry) => leftOut.isStorable('reservation', entry.reservation_id, entry)).map(toShared);
  let [closed, messages, fence] = [0, 0, Math.max(0, ...held.map(fenceOf))];
  const add = async (piece: readonly StagedReservation[]) => {
    const storable = piece.filter(({ entry }) => leftOut.isStorable('reservation', entry.reservation_id, entry));
    fence = storable.reduce((highest, { entry }) => Math.max(highest, fenceOf(entry)), fence);
    closed += await addStaged(
      client,
      CLOSED,
      storable.map(({ line, entry }) => ({ line, record: toShared(entry) })),
    );
  };
  let last = 0;
  for await (const piece of historyOf(folder, leftOut.add)) {
    last = piece.at(-1)?.line ?? last;
    await add(piece);
  }
  // What stands among the held and is over, belongs into the history as well.
  const over = [...unrecorded, ...held.filter(({ state }) => state !== 'active')];
  await add(over.map((entry, index) => ({ line: last + 1 + index, entry })));
  for await (const piece of messagesOf(folder, leftOut.add)) {
    const storable = piece.filter((one) => leftOut.isStorable('message', one.message_id, one));
    messages += await addStaged(
      client,
      MESSAGES,
      storable.map((record) => ({ line: 0, record })),
    );
  }
  await client.query(`analyze ${CLOSED.table}; analyze ${MESSAGES.table}`);
  return { active: held.filter(({ state }) => state === 'active'), closed, messages, fence };
}

interface TakenMessages {
  readonly added: number;
  readonly updated: number;
  /** Ids under which another message is there. */
  readonly strange: readonly string[];
}

async function takeOver(
  client: ClientBase,
  namespace: Namespace,
  opened: Opened,
  agents: readonly AgentRecord[],
  held: Decided,
): Promise<{ writes: Writes; history: { added: number }; messages: TakenMessages; told: Tally }> {
  const id = await namespace.ensure(client);
  const messages = await takeMessages(client, id);
  const first = opened.seq + held.inserted.length;
  const { rowCount } = await client.query(CLOSED.take, [id, first, opened.version + 1]);
  const newer = agents.filter((one) => isNewer(one, opened.agents.get(one.agent_id)));
  const added = newer.filter(({ agent_id }) => !opened.agents.has(agent_id)).length;
  return {
    messages,
    history: { added: rowCount ?? 0 },
    told: { added, updated: newer.length - added, kept: agents.length - newer.length },
    writes: {
      updated: held.updated.map(({ seq, entry }) => ({ seq, json: JSON.stringify(entry) })),
      inserted: held.inserted.map((entry, index) => ({ seq: opened.seq + 1 + index, json: JSON.stringify(entry) })),
      agents: new Map(newer.map((agent) => [agent.agent_id, JSON.stringify(agent)])),
      messages: new Map(),
      delivered: new Map(),
      active: [],
      seq: first + (rowCount ?? 0),
    },
  };
}

async function takeMessages(client: ClientBase, id: number): Promise<TakenMessages> {
  const { rows: strange } = await client.query<{ id: string }>(MESSAGES.strange, [id]);
  const { rows } = await client.query<{ added: boolean }>(MESSAGES.take, [id]);
  const added = rows.filter((row) => row.added).length;
  return { added, updated: rows.length - added, strange: strange.map((row) => row.id) };
}

function isNewer(one: AgentRecord, there: AgentRecord | undefined): boolean {
  const later = instant(one.last_seen_at) - instant(there?.last_seen_at ?? '');
  return there === undefined || later > 0 || (later === 0 && one.version > there.version);
}

function hasChanges({ updated, inserted, agents }: Writes, history: number, messages: TakenMessages): boolean {
  return updated.length + inserted.length + agents.size + history + messages.added + messages.updated > 0;
}
