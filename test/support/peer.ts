/**
 * Operations on a store in beadboard's way, written from the behaviour of its `bb agent` at commit 710556a, to the letter of
 * each file: the lock is a file made with O_EXCL that holds only a pid, polled for every 50 ms, 100 times, and never broken;
 * `status` sweeps without it; what is closed is removed by its id alone, so that another of the same id goes with it.
 */

import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { guarded } from './guarded';
import { createPeerAgents } from './peerAgents';
import { type Args, codeOf, done, peerId, readJson, refuse, text, toText } from './peerFiles';
import { createPeerMail } from './peerMail';

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

interface Options {
  /** The system's clock by default. */
  readonly clock?: () => Date;
  /** Grant any lease time, which the real program does not: for tests of leases that end within milliseconds. */
  readonly anyTtl?: boolean;
}

const isExpired = (entry: Entry, at: string) => entry.expires_at.localeCompare(at) <= 0;

/** The operations of one process on the store at `root`. */
export function createPeer(root: string, { clock = () => new Date(), anyTtl = false }: Options = {}) {
  const now = () => clock().toISOString();
  const folder = join(root, 'reservations');
  const active = join(folder, 'active.json');
  const history = join(folder, 'history.jsonl');
  const lock = join(folder, '.lock');
  const agents = createPeerAgents(root, now);
  const mail = createPeerMail(root, now, agents);

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
    const value = await readJson<Entry[] | { reservations?: Entry[] } | null>(active);
    return Array.isArray(value) ? value : (value?.reservations ?? []);
  }

  async function writeEntries(reservations: readonly Entry[]): Promise<void> {
    const temporary = `${active}.tmp-${process.pid}-${Date.now()}`;
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, toText({ reservations }));
    await rename(temporary, active);
  }

  const close = (entry: Entry) => appendFile(history, `${JSON.stringify(entry)}\n`);
  const without = (entries: readonly Entry[], { reservation_id: id }: Entry) =>
    entries.filter((entry) => entry.reservation_id !== id);

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

  async function reserve(args: Args): Promise<object> {
    const command = 'agent reserve';
    const [agent, scope, bead] = [text(args['agent']), text(args['scope']), text(args['bead'])];
    const ttl = Number(args['ttl'] ?? 120);
    if (!(await agents.isRegistered(agent))) {
      return refuse(command, 'AGENT_NOT_FOUND');
    }
    if (!scope || !bead || (!anyTtl && !(Number.isInteger(ttl) && ttl >= 5 && ttl <= 1440))) {
      return refuse(command, 'INVALID_ARGS');
    }
    return await locked(command, async () => {
      const at = now();
      const entries = await readEntries();
      const existing = entries.find((entry) => entry.scope === scope);
      if (existing && !isExpired(existing, at)) {
        return refuse(command, 'RESERVATION_CONFLICT');
      }
      if (existing && !args['takeoverStale']) {
        return refuse(command, 'RESERVATION_STALE_FOUND');
      }
      const others = existing ? without(entries, existing) : entries;
      if (existing) {
        await writeEntries(others);
        await close({ ...existing, state: 'expired' });
      }
      const created: Entry = {
        reservation_id: peerId('res', at),
        scope,
        agent_id: agent,
        bead_id: bead,
        state: 'active',
        created_at: at,
        expires_at: new Date(Date.parse(at) + ttl * 60_000).toISOString(),
        released_at: null,
      };
      await writeEntries([...others, created]);
      return done(command, created);
    });
  }

  async function release(args: Args): Promise<object> {
    const command = 'agent release';
    const [agent, scope] = [text(args['agent']), text(args['scope'])];
    if (!(await agents.isRegistered(agent))) {
      return refuse(command, 'AGENT_NOT_FOUND');
    }
    if (!scope) {
      return refuse(command, 'INVALID_ARGS');
    }
    return await locked(command, async () => {
      const at = now();
      const entries = await readEntries();
      const existing = entries.find((entry) => entry.scope === scope);
      if (!existing) {
        return refuse(command, 'RESERVATION_NOT_FOUND');
      }
      if (isExpired(existing, at)) {
        await writeEntries(without(entries, existing));
        await close({ ...existing, state: 'expired' });
        return refuse(command, 'RESERVATION_NOT_FOUND');
      }
      if (existing.agent_id !== agent) {
        return refuse(command, 'RELEASE_FORBIDDEN');
      }
      const released = { ...existing, state: 'released', released_at: at };
      await writeEntries(without(entries, existing));
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
    const swept = await sweep();
    const unacked = await mail.unacked();
    return done('agent status', { ...swept, unacked_required_messages: unacked, closed: await readHistory() });
  }

  async function readHistory(): Promise<Entry[]> {
    const lines = existsSync(history) ? (await readFile(history, 'utf8')).split('\n') : [];
    return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line));
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
    register: agents.register,
    list: agents.list,
    reserve,
    release,
    status,
    sweep,
    ...mail,
    guard,
    hold: takeLock,
    drop: dropLock,
  };
}
