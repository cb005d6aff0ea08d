/**
 * The hook that a coding agent runs before it edits a file. It refuses only what it knows to be held by another: whatever
 * it cannot read or understand goes on, with a warning.
 */

import type { Coordination } from '../coordination/coordination';
import { isAgentId } from '../core/agent';
import { editRefusal, type WayToAsk } from '../core/refusalText';
import { type AnswerForm, type CodingTool, type Edit, type HookAnswer, toolCallOf } from '../core/toolCall';
import { findProject } from '../project/findProject';
import { filesNamed, heldByOthers } from './heldByOthers';

const SESSION_DIGITS = 12;

export interface HookCall {
  readonly tool: CodingTool;
  /** What the tool wrote to the hook. */
  readonly input: string;
  /** BB_AGENT. */
  readonly agent: string | undefined;
  /** The folder that the hook is run in, for a tool that names none. */
  readonly cwd: string;
  /** Where the tool's own settings are looked for. */
  readonly env: NodeJS.ProcessEnv;
  readonly coordination: Pick<Coordination, 'check' | 'show'>;
}

/** Never rejects. */
export async function answerHook(call: HookCall): Promise<{ readonly answer: HookAnswer; readonly form: AnswerForm }> {
  let form: AnswerForm = call.tool === 'copilot' ? 'flat' : 'nested';
  try {
    // Some shells of Windows put a byte order mark before what they pass on.
    const asked = toolCallOf(JSON.parse(call.input.replace(/^\uFEFF/, '')));
    if (asked.kind === 'other') {
      return { answer: { kind: 'pass' }, form };
    }
    form = asked.form ?? form;
    if (asked.kind === 'unclear') {
      return { answer: notChecked(asked.why), form };
    }
    return { answer: await answerEdit(call, asked.edit), form };
  } catch (error) {
    const why = error instanceof SyntaxError ? 'The input of the hook is not JSON.' : String(error);
    return { answer: notChecked(why), form };
  }
}

async function answerEdit(call: HookCall, edit: Edit): Promise<HookAnswer> {
  const agent = await agentOf(call, edit);
  const cwd = edit.cwd || call.cwd;
  const files = (await Promise.all(edit.paths.map((path) => filesNamed(path, cwd)))).flat();
  const found = await heldByOthers(call.coordination, agent, files);
  if (!found.ok) {
    return notChecked(found.error.message);
  }
  const [first] = found.held;
  if (!first) {
    return edit.unclear === undefined ? { kind: 'pass' } : notChecked(edit.unclear);
  }
  const worktree = files.find(({ path }) => path === first.path)?.place.worktree;
  const here = await findProject(cwd);
  const isElsewhere = worktree !== undefined && worktree !== here.worktree;
  const isKnown = (await call.coordination.show({ agent })).ok;
  const reason = editRefusal(found.held, {
    agent,
    unregisteredRole: isKnown ? undefined : call.tool,
    worktree: isElsewhere ? worktree : undefined,
    asksBy: await wayToAsk(call, here.worktree),
  });
  return { kind: 'refuse', reason };
}

/** The commands of Codex run in a sandbox that lets nothing be written into the store; its MCP servers run outside of it. */
async function wayToAsk({ tool, env }: HookCall, worktree: string): Promise<WayToAsk> {
  if (tool !== 'codex') {
    return 'command';
  }
  const { hasMcpServer } = await import('./codexTools');
  return (await hasMcpServer(env, worktree)) ? 'tools' : 'person';
}

/**
 * Who is editing: BB_AGENT, else an id made from the tool's session, the same for as long as that lasts. It is valid without
 * being registered, since it only looks.
 */
async function agentOf({ agent, tool }: HookCall, { session }: Edit): Promise<string> {
  return agent !== undefined && isAgentId(agent) ? agent : await sessionAgent(tool, session);
}

/** `claude-code-0123456789ab`: what an agent of that session is called. */
export async function sessionAgent(tool: CodingTool, session: string): Promise<string> {
  // Where BB_AGENT says who it is, nobody waits for this to load.
  const { createHash } = await import('node:crypto');
  return `${tool}-${createHash('sha256').update(session).digest('hex').slice(0, SESSION_DIGITS)}`;
}

function notChecked(why: string): HookAnswer {
  return { kind: 'warn', message: `agent-reservations: this edit was not checked, and goes on. ${why}` };
}
