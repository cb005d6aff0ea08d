/** Which agent the person acts as. Asked for once, by the first command that needs to know; never at start. */

import * as vscode from 'vscode';
import { isAgentId } from '../core/agent';
import { oneLine, withoutIcons } from '../core/display';
import type { LiveStore } from './liveStore';
import { tellError } from './notify';
import { type Answer, askInSteps, askPick, askText, type Choice } from './quickInput';
import { configuredAgent, saveAgent } from './settings';
import { rules } from './wording';

const DEFAULT_ROLE = 'person';
const NEW = Symbol('new agent');

/** The agent the person acts as, asking if need be; undefined where the question was given up. */
export async function requireAgent(live: LiveStore): Promise<string | undefined> {
  return configuredAgent() ?? (await chooseAgent(live));
}

/** Lets the person pick a registered agent or register a new one, and remembers the choice. */
export async function chooseAgent(live: LiveStore): Promise<string | undefined> {
  const listed = await live.coordination.list({});
  if (!listed.ok) {
    tellError(listed.error);
    return undefined;
  }
  const agents = listed.data;
  const current = configuredAgent();
  const register: Choice<string | typeof NEW> = {
    value: NEW,
    label: `$(add) ${vscode.l10n.t('Register a new agent…')}`,
    alwaysShow: true,
  };
  const picked =
    agents.length === 0
      ? NEW
      : await askPick<string | typeof NEW>({
          title: vscode.l10n.t('Choose the Agent You Act As'),
          placeholder: vscode.l10n.t('Your reservations are made in its name'),
          isActive: (value) => value === current,
          choices: () => [
            ...agents.map((agent) => ({
              value: agent.agent_id,
              label: withoutIcons(agent.agent_id),
              description: withoutIcons(agent.role),
              ...(agent.display_name === agent.agent_id ? {} : { detail: withoutIcons(agent.display_name) }),
            })),
            register,
          ],
        });
  const id =
    picked === NEW
      ? await registerAgent(
          live,
          agents.map((agent) => agent.agent_id),
        )
      : picked;
  if (typeof id !== 'string') {
    return undefined;
  }
  await saveAgent(id);
  // In the demo no setting tells of it; and whose messages are shown is looked up when they are read.
  await live.refresh();
  return id;
}

async function registerAgent(live: LiveStore, taken: readonly string[]): Promise<string | undefined> {
  const title = vscode.l10n.t('Register a New Agent');
  let name: Answer<string> = '';
  let role: Answer<string> = DEFAULT_ROLE;
  const answered = await askInSteps([
    async (place) => {
      name = await askText({
        ...place,
        title,
        prompt: vscode.l10n.t('The id that the agents will see'),
        placeholder: vscode.l10n.t('for example: dana'),
        value: String(name),
        validate: (text) => {
          if (!isAgentId(text)) {
            return rules.agentId();
          }
          return taken.includes(text)
            ? vscode.l10n.t('“{0}” is registered already; choose another id.', oneLine(text))
            : undefined;
        },
      });
      return name;
    },
    async (place) => {
      role = await askText({
        ...place,
        title,
        prompt: vscode.l10n.t('What this agent does'),
        value: DEFAULT_ROLE,
        validate: (text) => (text ? undefined : vscode.l10n.t('Say in a word what this agent does.')),
      });
      return role;
    },
  ]);
  if (!answered) {
    return undefined;
  }
  const registered = await live.coordination.register({ name: String(name), role: String(role) });
  if (!registered.ok) {
    tellError(registered.error);
    return undefined;
  }
  return registered.data.agent_id;
}
