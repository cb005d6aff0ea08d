/** Agent files: one record each, named by the agent's id. */

import { type AgentRecord, isAgentId } from '../../core/agent';
import { asProblem, type StoreProblem } from '../problem';
import type { Records } from '../store';
import { ensureFolder, replaceFile } from './durable';
import { fitting, type KnownRecords, readRecord, toJson } from './json';
import { agentFile, recordIds, type StorePaths } from './paths';
import { agentSchema } from './schema';

/** @throws StoreProblem */
export function readAgentFile(
  paths: StorePaths,
  id: string,
  known?: KnownRecords<AgentRecord>,
): AgentRecord | undefined {
  return readRecord<AgentRecord>(agentFile(paths, id), agentSchema, (agent) => agent.agent_id === id, known);
}

export async function writeAgentFile(paths: StorePaths, agent: AgentRecord): Promise<void> {
  await ensureFolder(paths.root, paths.agents);
  const path = agentFile(paths, agent.agent_id);
  await replaceFile(path, fitting(path, toJson(agent)));
}

/** @throws StoreProblem where the folder itself cannot be read */
export async function readAgentFiles(paths: StorePaths): Promise<Records<AgentRecord>> {
  const records: AgentRecord[] = [];
  const problems: StoreProblem[] = [];
  for (const id of await recordIds(paths.agents, isAgentId)) {
    try {
      const agent = readAgentFile(paths, id);
      if (agent) {
        records.push(agent);
      }
    } catch (error) {
      problems.push(asProblem(error, agentFile(paths, id), 'read'));
    }
  }
  return { records, problems };
}
