/**
 * Reservations in the way of beadboard since March 2026 (commit 9993738): a scope is resolved to an absolute path and stored
 * so, without a project; no lock is taken; one's own scope is reserved anew, and that of an agent that its other program does
 * not know, or that has not been seen for 15 minutes, is taken over. Agents have no files here.
 */

import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Args, done, peerId, readJson, refuse, text, toText } from './peerFiles';

interface Entry {
  readonly reservation_id: string;
  readonly scope: string;
  readonly agent_id: string;
  readonly expires_at: string;
}

const SEEN_MS = 15 * 60_000;

/** `cwd` is where it is called; `seen` says of its agents when each was seen last. */
export function createHeadPeer(root: string, cwd: string, seen: ReadonlyMap<string, Date>) {
  const folder = join(root, 'reservations');
  const active = join(folder, 'active.json');

  function absolute(scope: string): string {
    const path = resolve(cwd, scope).replaceAll('\\', '/');
    const cased = process.platform === 'win32' ? path.toLowerCase() : path;
    return cased.length > 3 && cased.endsWith('/') ? cased.slice(0, -1) : cased;
  }

  const readEntries = async () => (await readJson<{ reservations: Entry[] }>(active))?.reservations ?? [];

  async function writeEntries(reservations: readonly object[]): Promise<void> {
    await mkdir(folder, { recursive: true });
    const temporary = `${active}.tmp-${process.pid}-${Date.now()}`;
    await writeFile(temporary, toText({ reservations }));
    await rename(temporary, active);
  }

  const close = (entry: object) => appendFile(join(folder, 'history.jsonl'), `${JSON.stringify(entry)}\n`);
  const without = (entries: readonly Entry[], { reservation_id: id }: Entry) =>
    entries.filter((entry) => entry.reservation_id !== id);

  async function reserve(args: Args): Promise<object> {
    const command = 'agent reserve';
    const [agent, scope] = [text(args['agent']), absolute(text(args['scope']))];
    if (!seen.has(agent)) {
      return refuse(command, 'AGENT_NOT_FOUND');
    }
    const now = new Date();
    const at = now.toISOString();
    const entries = await readEntries();
    const existing = entries.find((entry) => absolute(entry.scope) === scope);
    const owner = existing && existing.agent_id !== agent ? seen.get(existing.agent_id) : undefined;
    const isOver = existing !== undefined && existing.expires_at.localeCompare(at) <= 0;
    if (owner && now.getTime() - owner.getTime() < SEEN_MS && !isOver) {
      return refuse(command, 'RESERVATION_CONFLICT');
    }
    if (owner && !args['takeoverStale']) {
      return refuse(command, 'RESERVATION_STALE_FOUND');
    }
    const others = existing ? without(entries, existing) : entries;
    if (existing) {
      await writeEntries(others);
      // A lease that was not over is released, and nothing says when.
      await close({ ...existing, state: isOver ? 'expired' : 'released' });
    }
    const created = {
      reservation_id: peerId('res', at),
      scope,
      agent_id: agent,
      bead_id: text(args['bead']),
      state: 'active',
      created_at: at,
      expires_at: new Date(now.getTime() + Number(args['ttl'] ?? 120) * 60_000).toISOString(),
      released_at: null,
    };
    await writeEntries([...others, created]);
    return done(command, created);
  }

  /** By the very text that is stored. */
  async function release(args: Args): Promise<object> {
    const command = 'agent release';
    const [agent, scope] = [text(args['agent']), text(args['scope'])];
    const entries = await readEntries();
    const existing = entries.find((entry) => entry.scope === scope);
    if (!existing) {
      return refuse(command, 'RESERVATION_NOT_FOUND');
    }
    if (existing.agent_id !== agent) {
      return refuse(command, 'RELEASE_FORBIDDEN');
    }
    const released = { ...existing, state: 'released', released_at: new Date().toISOString() };
    await writeEntries(without(entries, existing));
    await close(released);
    return done(command, released);
  }

  return { reserve, release };
}
