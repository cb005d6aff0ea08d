/** The messages of a peer. Files are written in place: first the stream of the recipient, then the message under its id. */

import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { createPeerAgents } from './peerAgents';
import { type Args, codeOf, done, peerId, readJson, refuse, text, toText } from './peerFiles';

export interface PeerMessage {
  message_id: string;
  thread_id: string;
  bead_id: string;
  from_agent: string;
  to_agent: string;
  category: string;
  subject: string;
  body: string;
  state: string;
  requires_ack: boolean;
  created_at: string;
  read_at: string | null;
  acked_at: string | null;
}

const CATEGORIES = ['HANDOFF', 'BLOCKED', 'DECISION', 'INFO'];
/** What `read` and `ack` take for an id. The ids that `send` makes have a dot in them, and are refused. */
const MESSAGE_ID = /^[a-zA-Z0-9_\-:]+$/;

export function createPeerMail(root: string, now: () => string, agents: ReturnType<typeof createPeerAgents>) {
  const index = join(root, 'messages', 'index');
  const file = (id: string) => join(index, `${id}.json`);
  const newestFirst = (messages: PeerMessage[]) =>
    messages.sort((left, right) => right.created_at.localeCompare(left.created_at));

  async function recipientsOf(to: string, from: string): Promise<string[]> {
    if (to !== 'broadcast' && !to.startsWith('role:')) {
      return [to];
    }
    const all = await agents.matching(to === 'broadcast' ? '' : to.slice('role:'.length), '');
    return all.map(({ agent_id }) => agent_id).filter((id) => id !== from);
  }

  async function write(message: PeerMessage): Promise<void> {
    await mkdir(index, { recursive: true });
    await writeFile(file(message.message_id), toText(message));
  }

  /** One message each, of one time; a broadcast to several has the recipient at the end of each id. */
  async function send(args: Args): Promise<object> {
    const command = 'agent send';
    const [from, to, bead, category] = ['from', 'to', 'bead', 'category'].map((name) => text(args[name])) as [
      string,
      string,
      string,
      string,
    ];
    const [subject, body] = [text(args['subject']), text(args['body'])];
    const isToMany = to === 'broadcast' || to.startsWith('role:');
    if (!(await agents.isRegistered(from))) {
      return refuse(command, 'UNKNOWN_SENDER');
    }
    if (!to || (!isToMany && !(await agents.isRegistered(to)))) {
      return refuse(command, 'UNKNOWN_RECIPIENT');
    }
    if (!bead) {
      return refuse(command, 'MISSING_BEAD_ID');
    }
    if (!CATEGORIES.includes(category)) {
      return refuse(command, 'INVALID_CATEGORY');
    }
    if (!subject || !body) {
      return refuse(command, 'INVALID_MESSAGE');
    }
    const at = now();
    const recipients = await recipientsOf(to, from);
    const sent: PeerMessage[] = [];
    for (const recipient of recipients) {
      const id = peerId('msg', at);
      const message: PeerMessage = {
        message_id: recipients.length === 1 ? id : `${id}_${recipient}`,
        thread_id: text(args['thread']) || `bead:${bead}`,
        bead_id: bead,
        from_agent: from,
        to_agent: recipient,
        category,
        subject,
        body,
        state: 'unread',
        requires_ack: category === 'HANDOFF' || category === 'BLOCKED',
        created_at: at,
        read_at: null,
        acked_at: null,
      };
      await mkdir(join(root, 'messages'), { recursive: true });
      await appendFile(join(root, 'messages', `${recipient}.jsonl`), `${JSON.stringify(message)}\n`);
      await write(message);
      sent.push(message);
    }
    return sent[0] ? done(command, sent[0]) : refuse(command, 'UNKNOWN_RECIPIENT');
  }

  async function inbox(args: Args): Promise<object> {
    const command = 'agent inbox';
    const [agent, state, bead] = [text(args['agent']), text(args['state']), text(args['bead'])];
    if (!(await agents.isRegistered(agent))) {
      return refuse(command, 'AGENT_NOT_FOUND');
    }
    const lines = await readFile(join(root, 'messages', `${agent}.jsonl`), 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') {
        return '';
      }
      throw error;
    });
    const messages: PeerMessage[] = [];
    for (const line of lines.split(/\r?\n/).filter((one) => one.trim() !== '')) {
      try {
        const sent = JSON.parse(line) as PeerMessage;
        messages.push((await readJson<PeerMessage>(file(sent.message_id))) ?? sent);
      } catch {
        // It is skipped.
      }
    }
    const matches = (message: PeerMessage) =>
      (!state || message.state === state) && (!bead || message.bead_id === bead);
    return done(
      command,
      newestFirst(messages)
        .filter(matches)
        .slice(0, Number(args['limit'] ?? 50)),
    );
  }

  async function mark(args: Args, as: 'read' | 'ack'): Promise<object> {
    const command = `agent ${as}`;
    const [agent, id] = [text(args['agent']), text(args['message'])];
    if (!(await agents.isRegistered(agent))) {
      return refuse(command, 'AGENT_NOT_FOUND');
    }
    if (!MESSAGE_ID.test(id)) {
      return refuse(command, id ? 'INVALID_MESSAGE_ID' : 'MESSAGE_NOT_FOUND');
    }
    const message = await readJson<PeerMessage>(file(id));
    if (!message) {
      return refuse(command, 'MESSAGE_NOT_FOUND');
    }
    if (message.to_agent !== agent) {
      return refuse(command, as === 'read' ? 'READ_FORBIDDEN' : 'ACK_FORBIDDEN');
    }
    if (as === 'read' && message.state !== 'unread') {
      return done(command, message);
    }
    const at = now();
    const read_at = message.read_at ?? at;
    const marked =
      as === 'read'
        ? { ...message, state: 'read', read_at }
        : { ...message, state: 'acked', read_at, acked_at: message.acked_at ?? at };
    await write(marked);
    return done(command, marked);
  }

  /** What waits for an acknowledgement, newest first. */
  async function unacked(): Promise<PeerMessage[]> {
    const messages: PeerMessage[] = [];
    for (const name of await readdir(index).catch(() => [])) {
      const message = name.toLowerCase().endsWith('.json')
        ? await readJson<PeerMessage>(join(index, name)).catch(() => undefined)
        : undefined;
      if (message?.requires_ack && !message.acked_at) {
        messages.push(message);
      }
    }
    return newestFirst(messages);
  }

  return {
    send,
    inbox,
    read: (args: Args) => mark(args, 'read'),
    ack: (args: Args) => mark(args, 'ack'),
    unacked,
    messages: () => readdir(index),
  };
}
