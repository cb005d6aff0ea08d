/** Agents: register, list, show, heartbeat. */

import type { AgentRecord } from '../../core/agent';
import { oneLine } from '../../core/display';
import { type Page, table, timeSince } from '../page';
import { told, type Verb } from '../verb';

const AGENT = { value: 'ID', help: 'Who you are; BB_AGENT unless told.' };

export const register: Verb = {
  name: 'register',
  command: 'agent register',
  summary: 'Register an agent, so that it can reserve and be written to.',
  options: {
    name: { value: 'ID', help: 'Its id: 3 to 48 lower-case letters and digits, with single hyphens between them.' },
    role: { value: 'ROLE', help: 'What it does.' },
    display: { value: 'NAME', help: 'The name that people read; the id unless told.' },
    'force-update': { help: 'Update one that is registered already.' },
  },
  example: 'register --name amber-otter --role backend',
  run: async (given, { coordination }) =>
    told(
      await coordination.register({
        name: given.text('name') ?? '',
        role: given.text('role') ?? '',
        display: given.text('display'),
        forceUpdate: given.isSet('force-update'),
      }),
      ({ agent_id, role }) => [`Registered ${oneLine(agent_id)} (${oneLine(role)}).`],
    ),
};

export const list: Verb = {
  name: 'list',
  command: 'agent list',
  summary: 'List the registered agents.',
  options: {
    role: { value: 'ROLE', help: 'Only those with this role.' },
    status: { value: 'STATUS', help: 'Only those with this status.' },
  },
  example: 'list --role backend',
  run: async (given, { coordination, page }) =>
    told(await coordination.list({ role: given.text('role'), status: given.text('status') }), (agents) =>
      agents.length === 0 ? ['No agent is registered.'] : agentTable(page, agents),
    ),
};

export const show: Verb = {
  name: 'show',
  command: 'agent show',
  summary: 'Show one agent.',
  options: { agent: AGENT },
  example: 'show --agent amber-otter',
  run: async (given, { coordination, page }) =>
    told(await coordination.show({ agent: given.actor() }), (agent) => agentTable(page, [agent])),
};

export const heartbeat: Verb = {
  name: 'heartbeat',
  command: 'agent heartbeat',
  summary: 'Say that an agent is at work (activity-lease does the same).',
  options: { agent: AGENT },
  example: 'heartbeat --agent amber-otter',
  run: async (given, { coordination }) =>
    told(await coordination.heartbeat({ agent: given.actor() }), ({ agent_id, version }) => [
      `${oneLine(agent_id)} is at work (version ${version}).`,
    ]),
};

function agentTable(page: Page, agents: readonly AgentRecord[]): readonly string[] {
  return table(
    page,
    ['AGENT', 'NAME', 'ROLE', 'STATUS', 'LAST SEEN'],
    agents.map(({ agent_id, display_name, role, status, last_seen_at }) => [
      agent_id,
      display_name === agent_id ? '' : display_name,
      role,
      status,
      timeSince(page, last_seen_at),
    ]),
  );
}
