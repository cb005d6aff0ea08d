/**
 * The operations, one implementation for every surface: look up what the rules need, let them decide, answer with the
 * envelope. Nothing here rejects: a failure of the store is INTERNAL_ERROR with its cause in `details`.
 */

import {
  type AgentRecord,
  agentNotFound,
  checkRegister,
  decideHeartbeat,
  decideRegister,
  invalidAgentId,
  isAgentId,
  type ListInput,
  listAgents,
  type RegisterInput,
} from '../core/agent';
import { type Envelope, granted, type Outcome, refused } from '../core/envelope';
import { checkHandOver, selectHandedOver, withHandOver } from '../core/handoff';
import { trimmed } from '../core/input';
import {
  type AckInput,
  BROADCAST,
  checkInbox,
  checkMessageAction,
  checkMessageId,
  checkSend,
  composeMessages,
  decideAck,
  decideRead,
  type InboxInput,
  isToMany,
  type Message,
  type MessageActionInput,
  messageNotFound,
  type SendInput,
  type SendRequest,
  selectInbox,
} from '../core/message';
import { isExpired, type Reservation } from '../core/reservation';
import type { Taken } from '../core/take';
import type { Finding, Repaired } from '../store/finding';
import type { Store } from '../store/store';
import { answer, complete, fields, when } from './answers';
import type { Telling } from './notices';
import { type ReservationOperations, reservationOperations } from './reservations';
import { shared } from './shared';
import { takeOver } from './takeOver';

export interface DoctorInput {
  /**
   * Nothing is changed unless told: `true` repairs everything of which nothing can be lost, a list of ids what they name,
   * risky ones too.
   */
  readonly fix?: boolean | readonly string[] | undefined;
}

export interface DoctorData {
  /** What was wrong before anything was repaired. */
  readonly findings: readonly Finding[];
  /** What became of each repair. */
  readonly repaired: readonly Repaired[];
}

export interface CoordinationOptions {
  /** At least 8 random hex digits at each call: the tail of a new id. */
  readonly random: () => string;
  /** The clock of readings; decisions are given the store's own. */
  readonly clock?: () => Date;
}

export interface Coordination extends ReservationOperations {
  register(input: RegisterInput): Promise<Envelope<AgentRecord>>;
  list(input?: ListInput): Promise<Envelope<readonly AgentRecord[]>>;
  show(input: { readonly agent: string }): Promise<Envelope<AgentRecord>>;
  /** Says that an agent is at work. */
  heartbeat(input: { readonly agent: string }): Promise<Envelope<AgentRecord>>;
  send(input: SendInput): Promise<Envelope<Message>>;
  inbox(input: InboxInput): Promise<Envelope<readonly Message[]>>;
  read(input: MessageActionInput): Promise<Envelope<Message>>;
  /** With `take`, takes over what the message hands over, and answers what came of each scope. */
  ack(input: AckInput): Promise<Envelope<Message & Partial<Taken> & Telling>>;
  /** Looks at any message and leaves it as it is: a person may see what agents write to each other. */
  showMessage(input: { readonly message: string }): Promise<Envelope<Message>>;
  /** What is wrong with the store; told to, repairs it. */
  doctor(input?: DoctorInput): Promise<Envelope<DoctorData>>;
}

export function createCoordination(store: Store, options: CoordinationOptions): Coordination {
  const clock = options.clock ?? (() => new Date());

  const readAgent = shared((id) => store.readAgent(id));

  /** An id that is none cannot be registered, and must not become a path. */
  async function isRegistered(agent: unknown): Promise<boolean> {
    const id = trimmed(agent);
    return isAgentId(id) && (await readAgent(id)) !== undefined;
  }

  /** Every agent. Who is named and cannot be read is a failure of the store, and must not be called unknown. */
  async function correspondents({ from, to }: SendInput): Promise<readonly AgentRecord[]> {
    const found = await store.readAgents();
    const records = isToMany(trimmed(to)) ? complete(found) : found.records;
    const isRead = (id: string) => records.some((agent) => agent.agent_id === id);
    const others = [trimmed(from), trimmed(to)].filter((id) => isAgentId(id) && id !== BROADCAST && !isRead(id));
    const named = await Promise.all(others.map((id) => store.readAgent(id)));
    return [...records, ...named.filter((agent) => agent !== undefined)];
  }

  /** Look-ups run side by side; who changes something goes on in the order of the calls, whatever the disk is quick at. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(lookUp: Promise<T>): Promise<T> {
    const turn = Promise.allSettled([last, lookUp]).then(() => lookUp);
    last = turn;
    return turn;
  }

  /** What of the sender's own goes with its message; nothing unless told. */
  async function handedOver(
    request: SendRequest,
    input: SendInput['handOver'],
  ): Promise<Outcome<readonly Reservation[]>> {
    if (input === undefined) {
      return granted([]);
    }
    const named = checkHandOver(request, fields(input));
    if (!named.ok) {
      return named;
    }
    const now = clock();
    const active = complete(await store.readActive());
    return selectHandedOver(active, request.from, named.data, (entry) => isExpired(entry, now));
  }

  const reservations = reservationOperations(store, { random: options.random, clock, isRegistered, inTurn });

  return {
    ...reservations,

    register: (input) =>
      answer('agent register', () =>
        when(checkRegister(fields(input)), (request) =>
          store.transactAgent(request.agent, (current, now) => decideRegister(current, request, now)),
        ),
      ),

    list: (input) =>
      answer('agent list', async () => granted(listAgents(complete(await store.readAgents()), fields(input)))),

    show: (input) =>
      answer('agent show', async () => {
        const id = trimmed(fields(input).agent);
        if (!isAgentId(id)) {
          return invalidAgentId(id);
        }
        const agent = await store.readAgent(id);
        return agent ? granted(agent) : agentNotFound(id);
      }),

    heartbeat: (input) =>
      answer('agent heartbeat', async () => {
        const id = trimmed(fields(input).agent);
        return isAgentId(id)
          ? await store.transactAgent(id, (current, now) => decideHeartbeat(current, id, now))
          : invalidAgentId(id);
      }),

    send: (input) =>
      answer('agent send', async () =>
        when(checkSend(fields(input), await inTurn(correspondents(fields(input)))), async (request) => {
          const handed = await handedOver(request, fields(input).handOver);
          if (!handed.ok) {
            return handed;
          }
          const [first] = await store.deliver((now) =>
            composeMessages(request, now, options.random()).map((message) =>
              handed.data.length > 0 ? withHandOver(message, handed.data) : message,
            ),
          );
          return first ? granted(first) : refused('INTERNAL_ERROR', 'The store delivered no message.');
        }),
      ),

    inbox: (input) =>
      answer('agent inbox', async () =>
        when(checkInbox(fields(input), await isRegistered(fields(input).agent)), async (request) =>
          granted(selectInbox(complete(await store.readInbox(request.agent)), request)),
        ),
      ),

    read: (input) =>
      answer('agent read', async () =>
        when(checkMessageAction(fields(input), await inTurn(isRegistered(fields(input).agent))), (request) =>
          store.transactMessage(request.message, (current, now) => decideRead(current, request, now)),
        ),
      ),

    ack: (input) =>
      answer('agent ack', async () =>
        when(checkMessageAction(fields(input), await inTurn(isRegistered(fields(input).agent))), async (request) => {
          const acked = () =>
            store.transactMessage(request.message, (current, now) => decideAck(current, request, now));
          return fields(input).take === true
            ? await takeOver(store, options.random, request, input, acked)
            : await acked();
        }),
      ),

    showMessage: (input) =>
      answer('agent read', () =>
        when(checkMessageId(fields(input)), async (id) => {
          const message = await store.readMessage(id);
          return message ? granted(message) : messageNotFound(id);
        }),
      ),

    doctor: (input) =>
      answer('agent doctor', () =>
        when(checkFix(fields(input).fix), async (fix) => {
          const findings = await store.diagnose();
          const ids = fix === true ? findings.filter(isRepairedUnasked).map(({ id }) => id) : fix || [];
          return granted({ findings, repaired: ids.length > 0 ? await store.repair(ids) : [] });
        }),
      ),
  };
}

/** What a person may have repaired together with all the rest, without being asked about it. */
function isRepairedUnasked({ repair, risky }: Finding): boolean {
  return repair !== null && !risky;
}

function checkFix(fix: unknown): Outcome<boolean | readonly string[]> {
  if (fix === undefined || typeof fix === 'boolean') {
    return granted(fix ?? false);
  }
  return Array.isArray(fix) && fix.every((id) => typeof id === 'string')
    ? granted(fix)
    : refused('INVALID_ARGS', 'Say what to repair: true, or a list of the ids of findings.', { fix });
}
