/** Messages: send, inbox, read, ack. */

import { oneLine, plainLines } from '../../core/display';
import type { HandOverInput } from '../../core/handoff';
import { MESSAGE_CATEGORIES, MESSAGE_STATES, type Message } from '../../core/message';
import { count, type Page, table, timeSince } from '../page';
import { type Given, type Surroundings, told, type Verb } from '../verb';
import { fromRoot, grantLines, PLACE, placeOf, untoldLines } from './reservations';

const AGENT = { value: 'ID', help: 'Who you are; BB_AGENT unless told.' };
const MESSAGE = { value: 'ID', help: 'The message, by its id.' };

export const send: Verb = {
  name: 'send',
  command: 'agent send',
  summary: 'Send a message to an agent, or to all.',
  options: {
    from: AGENT,
    to: { value: 'ID', help: 'Who gets it: an agent, "role:NAME" for all of a role, or "broadcast" for all.' },
    bead: { value: 'BEAD', help: 'The bead (issue) that it is about.' },
    category: {
      value: 'CATEGORY',
      help: `${MESSAGE_CATEGORIES.join(', ')}; the first two wait for an acknowledgement.`,
    },
    subject: { value: 'TEXT', help: 'What it is about, in a line.' },
    body: { value: 'TEXT', help: 'What it says.' },
    thread: { value: 'THREAD', help: 'The thread; that of the bead unless told.' },
    scope: { value: 'SCOPE', many: true, help: 'With HANDOFF: what you hold and hand over, by its scope.' },
    id: { value: 'ID', many: true, help: 'The same, by the id of the reservation.' },
    all: { help: 'With HANDOFF: hand over all that you hold in this project.' },
    ...PLACE,
  },
  notes: ['What is handed over stays yours until the recipient takes it: ack --take.'],
  example:
    'send --from amber-otter --to cobalt-harbor --bead bd-41 --category HANDOFF --subject "Login is yours" --body "See the notes." --scope \'src/auth/**\'',
  run: async (given, { coordination, here }) =>
    told(
      await coordination.send({
        from: given.actor('from'),
        to: given.text('to') ?? '',
        bead: given.text('bead') ?? '',
        category: given.text('category') ?? '',
        subject: given.text('subject') ?? '',
        body: given.text('body') ?? '',
        thread: given.text('thread'),
        handOver: await handOverOf(given, here),
      }),
      ({ message_id, to_agent, handoff }) => [
        `Sent ${oneLine(message_id)} to ${oneLine(given.text('to') ?? to_agent)}.`,
        ...(handoff?.scopes ?? []).map(({ scope }) => `Hands over ${oneLine(scope)}, once it is taken.`),
      ],
    ),
};

export const inbox: Verb = {
  name: 'inbox',
  command: 'agent inbox',
  summary: 'List the messages to an agent, newest first.',
  options: {
    agent: AGENT,
    state: { value: 'STATE', help: `Only ${MESSAGE_STATES.join(', ')}.` },
    bead: { value: 'BEAD', help: 'Only those about this bead.' },
    limit: { value: 'N', help: 'At most so many, 1 to 500; 50 unless told.' },
  },
  example: 'inbox --agent cobalt-harbor --state unread',
  run: async (given, { coordination, page }) =>
    told(
      await coordination.inbox({
        agent: given.actor(),
        state: given.text('state'),
        bead: given.text('bead'),
        limit: given.number('limit'),
      }),
      (messages) => (messages.length === 0 ? ['No messages.'] : messageTable(page, messages)),
    ),
};

export const read: Verb = {
  name: 'read',
  command: 'agent read',
  summary: 'Show a message to you, and mark it read.',
  options: { agent: AGENT, message: MESSAGE },
  example: 'read --agent cobalt-harbor --message msg_20260213_220900_1f3a5c7e',
  run: async (given, { coordination, page }) =>
    told(await coordination.read({ agent: given.actor(), message: given.text('message') ?? '' }), (message) =>
      letter(page, message),
    ),
};

export const ack: Verb = {
  name: 'ack',
  command: 'agent ack',
  summary: 'Acknowledge a message to you.',
  options: {
    agent: AGENT,
    message: MESSAGE,
    take: { help: 'Take over the scopes that it hands over.' },
    ttl: { value: 'MINUTES', help: 'With --take: for how long, 5 to 1440; 120 unless told.' },
    ...PLACE,
  },
  example: 'ack --agent cobalt-harbor --message msg_20260213_220900_1f3a5c7e --take',
  run: async (given, { coordination, page, here }) => {
    const take = given.isSet('take');
    const place = take ? await here() : undefined;
    return told(
      await coordination.ack({
        agent: given.actor(),
        message: given.text('message') ?? '',
        ...(place ? { take, ttl: given.number('ttl'), ...placeOf(place), worktree: place.worktree } : {}),
      }),
      ({ message_id, from_agent, taken = [], not_taken = [], ...rest }) => [
        `Acknowledged ${oneLine(message_id)} of ${oneLine(from_agent)}.`,
        ...taken.flatMap((one) => grantLines(page, one)),
        ...not_taken.map(({ message }) => page.style('yellow', oneLine(message))),
        ...untoldLines(page, rest),
      ],
    );
  },
};

async function handOverOf(given: Given, here: Surroundings['here']): Promise<HandOverInput | undefined> {
  const [named, reservations, all] = [given.texts('scope'), given.texts('id'), given.isSet('all')];
  if (named.length + reservations.length === 0 && !all) {
    return undefined;
  }
  const place = await here(true);
  return { scopes: await fromRoot(place, named), reservations, all, ...placeOf(place) };
}

export function messageTable(page: Page, messages: readonly Message[]): readonly string[] {
  return table(
    page,
    ['MESSAGE', 'FROM', 'TO', 'CATEGORY', 'BEAD', 'STATE', 'SENT', 'SUBJECT'],
    messages.map((message) => [
      message.message_id,
      message.from_agent,
      message.to_agent,
      message.category,
      message.bead_id,
      message.state,
      timeSince(page, message.created_at),
      message.subject,
    ]),
  );
}

/** Acknowledging is the next step, where it is wanted. */
function letter(page: Page, message: Message): readonly string[] {
  const waits = message.requires_ack && !message.acked_at;
  return [
    page.style('bold', oneLine(message.subject)),
    `${message.category} from ${oneLine(message.from_agent)} about ${oneLine(message.bead_id)}, ${timeSince(page, message.created_at)}`,
    '',
    ...plainLines(message.body).split('\n'),
    ...(waits
      ? ['', page.style('dim', `Waits for an acknowledgement: ack --message ${oneLine(message.message_id)}`)]
      : []),
  ];
}

export function messagesToAcknowledge(number: number): string {
  return `${count(number, 'message')} to acknowledge`;
}
