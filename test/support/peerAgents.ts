/** The agents of a peer: a file each, written in place. */

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Args, codeOf, done, readJson, refuse, text, toText } from './peerFiles';

export interface PeerAgent {
  agent_id: string;
  display_name: string;
  role: string;
  status: string;
  created_at: string;
  last_seen_at: string;
  version: number;
}

const AGENT_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export function createPeerAgents(root: string, now: () => string) {
  const folder = join(root, 'agents');
  const file = (id: string) => join(folder, `${id}.json`);
  const isId = (id: string) => AGENT_ID.test(id) && id.length >= 3 && id.length <= 48;

  /** A file that cannot be read counts as no agent. */
  async function isRegistered(id: string): Promise<boolean> {
    return isId(id) && (await readJson(file(id)).catch(() => undefined)) !== undefined;
  }

  async function matching(role: string, status: string): Promise<PeerAgent[]> {
    const names = await readdir(folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') {
        return [];
      }
      throw error;
    });
    const agents: PeerAgent[] = [];
    for (const name of names.filter((one) => one.toLowerCase().endsWith('.json'))) {
      const agent = await readJson<PeerAgent>(join(folder, name)).catch(() => undefined);
      if (agent && (!role || agent.role === role) && (!status || agent.status === status)) {
        agents.push(agent);
      }
    }
    return agents.sort((left, right) => left.agent_id.localeCompare(right.agent_id));
  }

  async function register(args: Args): Promise<object> {
    const command = 'agent register';
    const [id, role] = [text(args['name']), text(args['role'])];
    const display = text(args['display']) || id;
    if (!isId(id)) {
      return refuse(command, 'INVALID_AGENT_ID');
    }
    if (!role) {
      return refuse(command, 'INVALID_ROLE');
    }
    const existing = await readJson<PeerAgent>(file(id));
    if (existing && !args['forceUpdate']) {
      return refuse(command, 'DUPLICATE_AGENT_ID');
    }
    const at = now();
    const agent: PeerAgent = existing
      ? // Without a name to display, the old one goes: the id stands for it.
        { ...existing, display_name: display, role, last_seen_at: at, version: existing.version + 1 }
      : { agent_id: id, display_name: display, role, status: 'idle', created_at: at, last_seen_at: at, version: 1 };
    await mkdir(folder, { recursive: true });
    await writeFile(file(id), toText(agent));
    return done(command, agent);
  }

  const list = async (args: Args) => done('agent list', await matching(text(args['role']), text(args['status'])));

  return { isRegistered, matching, register, list };
}
