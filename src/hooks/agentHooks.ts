/** Installing the hook into the settings of a coding agent, and taking it out again. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { granted, type Outcome, refused } from '../core/envelope';
import { type CodingTool, EDIT_TOOLS, type HookMode, SHELL_TOOL } from '../core/toolCall';
import { readText, writeText } from './settingsFile';
import { type HookFormat, withHook, withoutHook } from './settingsText';
import { agentHookLine, isAgentHookLine } from './shell';

/** Seconds after which a tool goes on without the hook; it takes a tenth of one. */
const TIMEOUT_S = 10;

export type HookTarget = 'project' | 'user';

export interface HookPlace {
  readonly tool: CodingTool;
  /** For everybody who works on the project, or for this user in all projects. */
  readonly target: HookTarget;
  /** The root of the worktree. */
  readonly worktree: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface HookChange {
  readonly file: string;
  /** Undefined where there is no such file, and where there will be none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

interface ToolFormat extends Omit<HookFormat, 'isOurs'> {
  readonly projectFile: string;
  /** The variable that names the tool's folder, and the folder in the home where it is not set. */
  readonly home: readonly [variable: string, folder: string];
  readonly userFile: string;
  readonly modes: readonly HookMode[];
}

const GROUPED = { event: 'PreToolUse', base: {}, grouped: true, commandKey: 'command' } as const;

function group(tools: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const matcher = tools.join('|');
  return (command: string) => ({ matcher, hooks: [{ type: 'command', command, timeout: TIMEOUT_S, ...more }] });
}

const FORMATS: Readonly<Record<CodingTool, ToolFormat>> = {
  'claude-code': {
    ...GROUPED,
    projectFile: '.claude/settings.json',
    home: ['CLAUDE_CONFIG_DIR', '.claude'],
    userFile: 'settings.json',
    allowsComments: true,
    modes: ['deny', 'ask'],
    entry: group(EDIT_TOOLS.claude),
  },
  copilot: {
    event: 'preToolUse',
    base: { version: 1 },
    grouped: false,
    commandKey: 'bash',
    projectFile: '.github/hooks/agent-reservations.json',
    home: ['COPILOT_HOME', '.copilot'],
    userFile: 'hooks/agent-reservations.json',
    allowsComments: true,
    modes: ['deny', 'ask'],
    entry: (bash) => ({
      type: 'command',
      matcher: [...EDIT_TOOLS.copilot, ...EDIT_TOOLS.vscode].join('|'),
      bash,
      timeoutSec: TIMEOUT_S,
    }),
  },
  codex: {
    ...GROUPED,
    projectFile: '.codex/hooks.json',
    home: ['CODEX_HOME', '.codex'],
    userFile: 'hooks.json',
    allowsComments: false,
    modes: ['deny'],
    // Without a text of its own, Codex calls it an unnamed hook.
    entry: group(['apply_patch', SHELL_TOOL], { statusMessage: 'Agent Reservations: is the file free?' }),
  },
};

/** What installing would change; the same text where it is there already. INVALID_SETTINGS, INVALID_ARGS. */
export async function planInstall(
  place: HookPlace,
  { mode, launcher }: { readonly mode: HookMode; readonly launcher: string | undefined },
): Promise<Outcome<HookChange>> {
  const { tool, target } = place;
  const format = FORMATS[tool];
  if (!format.modes.includes(mode)) {
    return refused('INVALID_ARGS', `A hook of ${tool} cannot ask a person: leave --mode out, or use --mode deny.`, {
      mode,
    });
  }
  const file = fileOf(place);
  const before = await readText(file);
  // What everybody who works on the project shares has no path of this machine in it.
  const line = agentHookLine(tool, mode, target === 'user' ? launcher : undefined);
  const after = withHook(before, { ...format, isOurs: (command) => isAgentHookLine(command, tool) }, line, file);
  return after.ok ? granted({ file, before, after: after.data }) : after;
}

/** What uninstalling would change; the same text where there is nothing of ours. INVALID_SETTINGS. */
export async function planUninstall(place: HookPlace): Promise<Outcome<HookChange>> {
  const file = fileOf(place);
  const before = await readText(file);
  if (before === undefined || before.trim() === '') {
    return granted({ file, before, after: before });
  }
  const isOurs = (command: string) => isAgentHookLine(command, place.tool);
  const after = withoutHook(before, { ...FORMATS[place.tool], isOurs }, file);
  return after.ok ? granted({ file, before, after: after.data }) : after;
}

export async function carryOut({ file, before, after }: HookChange): Promise<void> {
  if (after !== before) {
    await writeText(file, after);
  }
}

function fileOf({ tool, target, worktree, env }: HookPlace): string {
  const { projectFile, userFile, home } = FORMATS[tool];
  const [variable, folder] = home;
  return target === 'project' ? join(worktree, projectFile) : join(env[variable] || join(homedir(), folder), userFile);
}
