/** New Message, Reply, Hand Off and Broadcast: short questions, and a document for what does not fit into a line. */

import * as vscode from 'vscode';
import type { AgentRecord } from '../../core/agent';
import { withoutIcons } from '../../core/display';
import { type Draft, draftText } from '../../core/draft';
import { BROADCAST, MESSAGE_CATEGORIES, type Message } from '../../core/message';
import { ownItems } from '../../core/overview';
import { projectOf, type Reservation } from '../../core/reservation';
import { replySubject } from '../../core/threads';
import { type CommandContext, type Handler, record, text, told } from '../commands/context';
import { reservationsOf } from '../commands/reservationArgument';
import { DRAFT_LANGUAGE } from '../contributions';
import { requireAgent } from '../identity';
import { tell } from '../notify';
import { type Answer, askInSteps, askMany, askPick, askText, type Place } from '../quickInput';
import { askBead, beadsToOffer, rememberBead } from '../reserveQuestions';
import { categoryMeaning, categoryName, localTime, timeSince } from '../wording';
import { messageOf, pickMessage, received } from './actions';
import { sendAs } from './sending';

type Started = Partial<Draft>;

/** `{ to?, category?, bead?, subject?, body?, thread?, agent? }`; what is not given is asked for. Answers the envelope. */
export function newMessage(context: CommandContext): Handler {
  return (argument) => begin(context, argument, vscode.l10n.t('New Message'), async () => ({}));
}

/** The same to everybody else. With `skipConfirmation`, nobody is asked whether it is meant. */
export function broadcast(context: CommandContext): Handler {
  return (argument) => begin(context, argument, vscode.l10n.t('Broadcast'), async () => ({ to: BROADCAST }));
}

/** A message of the view, or `{ message }`, and beside it what a new message takes: goes to who wrote it, in its thread. */
export function reply(context: CommandContext): Handler {
  return (argument) =>
    begin(context, argument, vscode.l10n.t('Reply'), async (me) => {
      const id = messageOf(argument) ?? (await pickMessage(context, vscode.l10n.t('Reply'), await received(context)));
      const found = id ? told(context, await context.live.coordination.showMessage({ message: id })) : undefined;
      return found?.ok ? answerTo(found.data, me) : undefined;
    });
}

function answerTo({ from_agent, to_agent, bead_id, thread_id, subject }: Message, me: string): Started {
  return {
    to: from_agent === me ? to_agent : from_agent,
    bead: bead_id,
    thread: thread_id,
    subject: replySubject(subject),
  };
}

/**
 * A HANDOFF. Items of the view, or `{ reservations: ids }`, are handed over; without either, the person chooses of what they
 * hold. Beside it what a new message takes.
 */
export function handOff(context: CommandContext): Handler {
  return (argument, selected) =>
    begin(context, argument, vscode.l10n.t('Hand Off'), async () => {
      const own = ownItems(context.live.overview.active).map(({ reservation }) => reservation);
      const given = record(argument)['reservations'];
      const ids = Array.isArray(given) ? given.filter((id) => typeof id === 'string') : undefined;
      const items = reservationsOf(argument, selected).map(({ reservation_id }) => reservation_id);
      const named = own.filter(({ reservation_id }) => items.includes(reservation_id));
      const chosen = ids
        ? own.filter(({ reservation_id }) => ids.includes(reservation_id))
        : named.length > 0
          ? named
          : await chooseScopes(context, own);
      const [first] = chosen ?? [];
      return (
        chosen && {
          category: 'HANDOFF',
          ...(ids || chosen.length > 0 ? { handOver: ids ?? chosen.map(({ reservation_id }) => reservation_id) } : {}),
          ...(first ? { bead: first.bead_id } : {}),
        }
      );
    });
}

/** All of the projects that are open are chosen to begin with. */
function chooseScopes(
  { projects }: CommandContext,
  own: readonly Reservation[],
): Promise<readonly Reservation[] | undefined> {
  if (own.length === 0) {
    return Promise.resolve([]);
  }
  return askMany<Reservation>({
    title: vscode.l10n.t('Hand Off'),
    placeholder: vscode.l10n.t('What the recipient may take over; it stays yours until then'),
    groups: [
      {
        label: vscode.l10n.t('What you hold'),
        choices: own.map((reservation) => ({
          value: reservation,
          label: withoutIcons(reservation.scope),
          description: vscode.l10n.t(
            '{0} · until {1}',
            withoutIcons(reservation.bead_id),
            localTime(reservation.expires_at),
          ),
        })),
      },
    ],
    isChosen: (reservation) => projectOf(reservation) === undefined || projects.isHere(reservation),
    canChoose: () => true,
    onButton: () => undefined,
  });
}

/** What is given is not asked for; where all is, it is sent at once. */
async function begin(
  context: CommandContext,
  argument: unknown,
  title: string,
  start: (me: string) => Promise<Started | undefined>,
): Promise<unknown> {
  const me = text(argument, 'agent') ?? (await requireAgent(context.live));
  const started = me ? await start(me) : undefined;
  if (!me || !started) {
    return undefined;
  }
  const given = Object.fromEntries(
    ['to', 'category', 'bead', 'subject', 'body', 'thread'].flatMap((field) => {
      const value = text(argument, field);
      return value === undefined ? [] : [[field, value]];
    }),
  );
  const draft = await ask(context, title, me, { ...started, ...given });
  if (!draft) {
    return undefined;
  }
  if (draft.body) {
    return await sendAs(context, me, draft, record(argument)['skipConfirmation'] === true);
  }
  await openDraft(draft);
  return undefined;
}

async function ask(context: CommandContext, title: string, me: string, given: Started): Promise<Draft | undefined> {
  const draft = { to: '', category: '', bead: '', subject: '', body: '', ...given };
  const agents = given.to === undefined ? await others(context, me) : [];
  if (!agents) {
    return undefined;
  }
  const { live, memory } = context;
  const keep = (field: 'to' | 'category' | 'bead' | 'subject' | 'body') => (answer: Answer<string>) => {
    draft[field] = typeof answer === 'string' ? answer : draft[field];
    return answer;
  };
  const steps: readonly (readonly [unknown, (place: Place) => Promise<Answer<unknown>>])[] = [
    [given.to, async (place) => keep('to')(await askRecipient(title, place, agents, live.now(), !given.handOver))],
    [given.category, async (place) => keep('category')(await askCategory(title, place, draft.category))],
    [
      given.bead || undefined,
      async (place) => keep('bead')(await askBead(title, place, beadsToOffer(live, memory, draft.bead))),
    ],
    [given.subject, async (place) => keep('subject')(await askSubject(title, place, draft.subject))],
    [given.body, async (place) => keep('body')(await askBody(title, place, draft.body))],
  ];
  const answered = await askInSteps(steps.filter(([known]) => known === undefined).map(([, step]) => step));
  if (answered && draft.bead) {
    await rememberBead(memory, draft.bead);
  }
  return answered ? draft : undefined;
}

async function others(context: CommandContext, me: string): Promise<readonly AgentRecord[] | undefined> {
  const listed = told(context, await context.live.coordination.list({}));
  const agents = listed.ok ? listed.data.filter(({ agent_id }) => agent_id !== me) : undefined;
  if (agents?.length === 0) {
    tell(vscode.l10n.t('No other agent is registered yet, so there is nobody to write to.'));
    return undefined;
  }
  return agents;
}

/** @param isForAll whether everybody may be chosen: what is held is handed over to one */
function askRecipient(
  title: string,
  place: Place,
  agents: readonly AgentRecord[],
  now: Date,
  isForAll: boolean,
): Promise<Answer<string>> {
  const everybody = {
    value: BROADCAST,
    label: `$(megaphone) ${vscode.l10n.t('Everybody')}`,
    description: agents.length === 1 ? vscode.l10n.t('1 agent') : vscode.l10n.t('{0} agents', agents.length),
    alwaysShow: true,
  };
  return askPick<string>({
    ...place,
    title,
    placeholder: vscode.l10n.t('Who gets it'),
    choices: () => [
      ...agents.map(({ agent_id, role, last_seen_at }) => ({
        value: agent_id,
        label: withoutIcons(agent_id),
        description: vscode.l10n.t('{0} · seen {1}', withoutIcons(role), timeSince(last_seen_at, now)),
      })),
      ...(isForAll ? [everybody] : []),
    ],
  });
}

function askCategory(title: string, place: Place, chosen: string): Promise<Answer<string>> {
  const first = chosen || 'INFO';
  return askPick<string>({
    ...place,
    title,
    placeholder: vscode.l10n.t('What kind of message it is'),
    isActive: (category) => category === first,
    choices: () =>
      MESSAGE_CATEGORIES.map((category) => ({
        value: category,
        label: categoryName(category),
        detail: categoryMeaning(category),
      })),
  });
}

function askSubject(title: string, place: Place, value: string): Promise<Answer<string>> {
  return askText({
    ...place,
    title,
    value,
    prompt: vscode.l10n.t('What it is about, in a line'),
    validate: (subject) => (subject ? undefined : vscode.l10n.t('A message needs a subject.')),
  });
}

function askBody(title: string, place: Place, value: string): Promise<Answer<string>> {
  return askText({
    ...place,
    title,
    value,
    prompt: vscode.l10n.t('What it says, in a line. Leave it empty to write more in an editor.'),
    validate: () => undefined,
  });
}

/** Not saved anywhere, and kept all the same: VS Code brings it back when the window is opened again. */
async function openDraft(draft: Draft): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: DRAFT_LANGUAGE, content: draftText(draft) });
  const { end } = document.lineAt(document.lineCount - 1).range;
  // With the cursor where the text begins from the first moment: whoever types at once must not write into the headers.
  await vscode.window.showTextDocument(document, { preview: false, selection: new vscode.Range(end, end) });
}
