/**
 * Operations on a store in beadboard's way, written from the behaviour of its `bb agent`: the lock is a file made with
 * O_EXCL that holds only a pid, polled for every 50 ms, 100 times, and never broken; `status` sweeps without it; message
 * files are written in place.
 */

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guarded } from './guarded';

const POLL_MS = 50;
const POLLS = 100;

interface Entry {
  reservation_id: string;
  scope: string;
  agent_id: string;
  bead_id: string;
  state: string;
  created_at: string;
  expires_at: string;
  released_at: string | null;
}

type Args = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
const done = (command: string, data: unknown) => ({ ok: true, command, data, error: null });
const refuse = (command: string, code: string, message = code) => ({
  ok: false,
  command,
  data: null,
  error: { code, message },
});
const isExpired = (entry: Entry, at: string) => entry.expires_at <= at;

/** The operations of one process on the store at `root`, by a clock that is the system's unless told. */
export function createPeer(root: string, clock = () => new Date()) {
  const now = () => clock().toISOString();
  const folder = join(root, 'reservations');
  const active = join(folder, 'active.json');
  const history = join(folder, 'history.jsonl');
  const lock = join(folder, '.lock');

  async function takeLock(): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (let poll = 0; poll < POLLS; poll++) {
      try {
        await writeFile(lock, String(process.pid), { flag: 'wx' });
        return;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') {
          throw error;
        }
        await sleep(POLL_MS);
      }
    }
    throw new Error('the lock was not to be had');
  }

  async function dropLock(): Promise<void> {
    try {
      if ((await readFile(lock, 'utf8')).trim() === String(process.pid)) {
        await unlink(lock);
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') {
        throw error;
      }
    }
  }

  async function readEntries(): Promise<Entry[]> {
    try {
      const value = JSON.parse(await readFile(active, 'utf8'));
      return Array.isArray(value) ? value : (value?.reservations ?? []);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') {
        return [];
      }
      throw error;
    }
  }

  async function writeEntries(reservations: readonly Entry[]): Promise<void> {
    const temporary = `${active}.tmp-${process.pid}-${Date.now()}`;
    await writeFile(temporary, `${JSON.stringify({ reservations }, null, 2)}\n`);
    await rename(temporary, active);
  }

  const close = (entry: Entry) => appendFile(history, `${JSON.stringify(entry)}\n`);
  const isRegistered = (agent: string) => agent !== '' && existsSync(join(root, 'agents', `${agent}.json`));

  /** Under the lock; what fails is an answer, and the lock is dropped whatever happens. */
  async function locked(command: string, work: () => Promise<object>): Promise<object> {
    try {
      await takeLock();
      return await work();
    } catch (error) {
      return refuse(command, 'INTERNAL_ERROR', (error as Error).message);
    } finally {
      await dropLock();
    }
  }

  function reserve(args: Args): object | Promise<object> {
    const command = 'agent reserve';
    const agent = text(args['agent']);
    if (!isRegistered(agent)) {
      return refuse(command, 'AGENT_NOT_FOUND');
    }
    return locked(command, async () => {
      const at = now();
      const entries = await readEntries();
      const existing = entries.find((entry) => entry.scope === text(args['scope']));
      if (existing && !isExpired(existing, at)) {
        return refuse(command, 'RESERVATION_CONFLICT');
      }
      if (existing && !args['takeoverStale']) {
        return refuse(command, 'RESERVATION_STALE_FOUND');
      }
      const others = entries.filter((entry) => entry !== existing);
      if (existing) {
        await writeEntries(others);
        await close({ ...existing, state: 'expired' });
      }
      const created: Entry = {
        reservation_id: `res_${at.replace(/[-:]|\.\d+Z/g, '').replace('T', '_')}_${randomBytes(2).toString('hex')}`,
        scope: text(args['scope']),
        agent_id: agent,
        bead_id: text(args['bead']),
        state: 'active',
        created_at: at,
        expires_at: new Date(Date.parse(at) + Number(args['ttl'] ?? 120) * 60_000).toISOString(),
        released_at: null,
      };
      await writeEntries([...others, created]);
      return done(command, created);
    });
  }

  function release(args: Args): object | Promise<object> {
    const command = 'agent release';
    const agent = text(args['agent']);
    if (!isRegistered(agent)) {
      return refuse(command, 'AGENT_NOT_FOUND');
    }
    return locked(command, async () => {
      const at = now();
      const entries = await readEntries();
      const existing = entries.find((entry) => entry.scope === text(args['scope']));
      if (!existing) {
        return refuse(command, 'RESERVATION_NOT_FOUND');
      }
      if (isExpired(existing, at)) {
        await writeEntries(entries.filter((entry) => entry !== existing));
        await close({ ...existing, state: 'expired' });
        return refuse(command, 'RESERVATION_NOT_FOUND');
      }
      if (existing.agent_id !== agent) {
        return refuse(command, 'RELEASE_FORBIDDEN');
      }
      const released = { ...existing, state: 'released', released_at: at };
      await writeEntries(entries.filter((entry) => entry !== existing));
      await close(released);
      return done(command, released);
    });
  }

  /** Sweeps without the lock, as beadboard does. */
  async function sweep(): Promise<{ reservations: readonly Entry[] }> {
    const at = now();
    const entries = await readEntries();
    const live = entries.filter((entry) => !isExpired(entry, at));
    if (live.length < entries.length) {
      await writeEntries(live);
      for (const entry of entries.filter((one) => isExpired(one, at))) {
        await close({ ...entry, state: 'expired' });
      }
    }
    return { reservations: live };
  }

  /** With the history, for tests to look at. */
  async function status(): Promise<object> {
    return done('agent status', { ...(await sweep()), closed: await readHistory() });
  }

  async function readHistory(): Promise<Entry[]> {
    const lines = existsSync(history) ? (await readFile(history, 'utf8')).split('\n') : [];
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line));
  }

  async function send(args: Args): Promise<object> {
    const id = `msg_${now()
      .replace(/[-:]|\.\d+Z/g, '')
      .replace('T', '_')}_${randomBytes(2).toString('hex')}`;
    const message = {
      message_id: id,
      thread_id: `bead:${text(args['bead'])}`,
      bead_id: text(args['bead']),
      from_agent: text(args['from']),
      to_agent: text(args['to']),
      category: text(args['category']),
      subject: text(args['subject']),
      body: text(args['body']),
      state: 'unread',
      requires_ack: ['HANDOFF', 'BLOCKED'].includes(text(args['category'])),
      created_at: now(),
      read_at: null,
      acked_at: null,
    };
    await mkdir(join(root, 'messages', 'index'), { recursive: true });
    await appendFile(join(root, 'messages', `${message.to_agent}.jsonl`), `${JSON.stringify(message)}\n`);
    await writeFile(join(root, 'messages', 'index', `${id}.json`), `${JSON.stringify(message, null, 2)}\n`);
    return done('agent send', message);
  }

  async function ack(args: Args): Promise<object> {
    const path = join(root, 'messages', 'index', `${text(args['message'])}.json`);
    const message = JSON.parse(await readFile(path, 'utf8'));
    const at = now();
    const acked = { ...message, state: 'acked', read_at: message.read_at ?? at, acked_at: message.acked_at ?? at };
    await writeFile(path, `${JSON.stringify(acked, null, 2)}\n`);
    return done('agent ack', acked);
  }

  /** Guarded work, `times` in a row; a lock that was not to be had is asked for again. Answers how often that was. */
  async function guard(args: Args): Promise<number> {
    let timeouts = 0;
    for (let left = Number(args['times']); left > 0; ) {
      try {
        await takeLock();
      } catch {
        timeouts++;
        continue;
      }
      await guarded(String(args['folder']));
      await dropLock();
      left--;
    }
    return timeouts;
  }

  return {
    reserve,
    release,
    status,
    sweep,
    send,
    ack,
    guard,
    hold: takeLock,
    drop: dropLock,
    messages: () => readdir(join(root, 'messages', 'index')),
  };
}
