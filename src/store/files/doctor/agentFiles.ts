/** Agents: files that cannot be understood, and agents that hold or receive something and have no file. */

import { decideRegister, isAgentId } from '../../../core/agent';
import type { StoreProblem } from '../../problem';
import { readAgentFile, writeAgentFile } from '../agents';
import { putAside } from '../aside';
import { agentFile } from '../paths';
import { readReservations } from '../reading';
import {
  type Check,
  type Done,
  entriesOf,
  type Found,
  finding,
  gone,
  isFile,
  isUnusable,
  outOfReach,
  repaired,
  statsOf,
  unreadableOf,
  type Ward,
} from './check';

/** What an agent does is not known to the doctor; its owner may update it. */
const ROLE = 'unknown';
const AGENT_ENDING = '.json';
const INBOX_ENDING = '.jsonl';

export const agentsCheck: Check = {
  kinds: ['UNREADABLE_FILE', 'UNKNOWN_AGENT'],
  async find(ward) {
    return [...(await unreadable(ward)), ...(await unknown(ward))];
  },
};

async function unreadable(ward: Ward): Promise<readonly Found[]> {
  const ids = (await entriesOf(ward.paths.agents))
    .filter((entry) => entry.isFile() && entry.name.endsWith(AGENT_ENDING))
    .map((entry) => entry.name.slice(0, -AGENT_ENDING.length))
    .filter(isAgentId);
  return [...(await problemsOf(ward, ids))].map(([id, problem]) =>
    isUnusable(problem) ? brokenFile(ward, id, problem) : outOfReach(ward.paths, problem, problem.path),
  );
}

function problemsOf(ward: Ward, ids: readonly string[]): Promise<ReadonlyMap<string, StoreProblem>> {
  return unreadableOf(
    ids,
    (id) => agentFile(ward.paths, id),
    (id) => readAgentFile(ward.paths, id),
  );
}

function brokenFile(ward: Ward, id: string, broken: StoreProblem): Found {
  return {
    finding: finding(ward.paths, 'UNREADABLE_FILE', broken.path, {
      message: `${broken.message} Until then the agent counts as broken, and can do nothing.`,
      repair: 'Put the file aside. The agent then has to register again.',
      risky: true,
      facts: { ...broken.facts, cause: broken.kind, agent: id },
    }),
    repair: () =>
      ward.locked(ward.paths.agents, async (lock) => {
        if (!isUnusable((await problemsOf(ward, [id])).get(id))) {
          return gone(broken.path);
        }
        lock.assertHeld();
        const aside = await putAside(broken.path, ward.moment().now);
        return repaired(`Put the file aside as ${aside}.`, aside);
      }),
  };
}

async function unknown(ward: Ward): Promise<readonly Found[]> {
  const holders = await agentsWithReservations(ward);
  const recipients = await agentsWithInboxes(ward);
  const found: Found[] = [];
  for (const id of [...new Set([...holders, ...recipients])].sort()) {
    if (!(await statsOf(agentFile(ward.paths, id)))) {
      const has = [holders.has(id) ? 'reservations' : '', recipients.has(id) ? 'an inbox' : ''].filter(Boolean);
      found.push(unknownAgent(ward, id, has.join(' and ')));
    }
  }
  return found;
}

function unknownAgent(ward: Ward, id: string, has: string): Found {
  const path = agentFile(ward.paths, id);
  return {
    finding: finding(ward.paths, 'UNKNOWN_AGENT', path, {
      message: `Agent ${id} has ${has}, but no file: it can neither release nor acknowledge anything.`,
      repair: `Register it with the role "${ROLE}".`,
      facts: { agent: id },
      identity: id,
    }),
    repair: () =>
      ward.locked(ward.paths.agents, async (lock): Promise<Done> => {
        const request = { agent: id, role: ROLE, display: '', forceUpdate: false };
        const { next } = decideRegister(readAgentFile(ward.paths, id), request, ward.moment().now);
        if (!next) {
          return gone(path);
        }
        lock.assertHeld();
        await writeAgentFile(ward.paths, next);
        return repaired(`Registered agent ${id} with the role "${ROLE}".`);
      }),
  };
}

/** Where the reservations cannot be read, that is another check's finding. */
async function agentsWithReservations(ward: Ward): Promise<ReadonlySet<string>> {
  if (!(await isFile(ward.paths.active))) {
    return new Set();
  }
  try {
    const { recovered } = readReservations(ward.paths, ward.moment);
    return new Set(recovered.entries.map((entry) => entry.agent_id));
  } catch {
    return new Set();
  }
}

async function agentsWithInboxes(ward: Ward): Promise<ReadonlySet<string>> {
  const names = (await entriesOf(ward.paths.messages))
    .filter((entry) => entry.isFile() && entry.name.endsWith(INBOX_ENDING))
    .map((entry) => entry.name.slice(0, -INBOX_ENDING.length));
  return new Set(names.filter(isAgentId));
}
