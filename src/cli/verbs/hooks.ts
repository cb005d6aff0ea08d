/** The hook that coding agents run before they edit a file: install it, take it out, be it. */

import { answer } from '../../coordination/answers';
import { oneLine } from '../../core/display';
import { envelope, granted, type Outcome } from '../../core/envelope';
import { CODING_TOOLS, type CodingTool, HOOK_MODES, type HookMode, hookOutput } from '../../core/toolCall';
import { answerHook } from '../../hooks/agentHook';
import type { HookChange, HookPlace } from '../../hooks/agentHooks';
import { type Given, type Surroundings, type Told, told, UsageError, type Verb } from '../verb';

export const hooks: Verb = {
  name: 'hooks',
  command: 'agent hooks',
  summary: 'Have a coding agent refuse to edit what another agent holds.',
  options: {
    for: { value: 'TOOL', help: `Which coding agent: ${CODING_TOOLS.join(', ')}.` },
    project: { help: 'For all who work on this project, in a file of it (the default).' },
    user: { help: 'For you, in all projects.' },
    mode: { value: 'MODE', help: 'deny (the default), or ask: a person decides.' },
    'dry-run': { help: 'Show what would be changed, and change nothing.' },
  },
  rest: 'install|uninstall|run',
  notes: [
    'install adds the hook to the settings of the tool and changes nothing else in them; uninstall takes it out again.',
    'run is the hook itself: it reads what the tool tells about an edit, and answers in the form of that tool.',
    'It acts as BB_AGENT, else as an agent of its own for each session of the tool. What it cannot check goes on.',
  ],
  worksWithoutStore: true,
  example: 'hooks install --for claude-code --dry-run',
  run: async (given, surroundings) => {
    const [action, ...more] = given.rest;
    const tool = oneOf(CODING_TOOLS, given.text('for'), 'for');
    const mode = oneOf(HOOK_MODES, given.text('mode') ?? 'deny', 'mode');
    if (more.length > 0 || (action !== 'run' && action !== 'install' && action !== 'uninstall')) {
      throw new UsageError('Say what to do, as one word: install, uninstall or run.');
    }
    return action === 'run'
      ? await runHook(tool, mode, surroundings)
      : await change(action, tool, mode, given, surroundings);
  },
};

async function runHook(tool: CodingTool, mode: HookMode, surroundings: Surroundings): Promise<Told> {
  const { coordination, agent, cwd, env, input, out } = surroundings;
  const asked = await answerHook({ tool, input: await input(true), agent, cwd, env, coordination });
  // Codex takes an answer that asks for none at all.
  out(hookOutput(asked.answer, tool === 'codex' ? 'deny' : mode, asked.form));
  return { ...told(envelope('agent hooks', granted(asked.answer)), () => []), isWritten: true };
}

async function change(
  action: 'install' | 'uninstall',
  tool: CodingTool,
  mode: HookMode,
  given: Given,
  { here, env, launcher }: Surroundings,
): Promise<Told> {
  if (given.isSet('project') && given.isSet('user')) {
    throw new UsageError('Name one of --project and --user.');
  }
  // Only who installs needs what reads and writes settings.
  const { carryOut, planInstall, planUninstall } = await import('../../hooks/agentHooks');
  const target = given.isSet('user') ? 'user' : 'project';
  const place: HookPlace = { tool, target, worktree: (await here()).worktree, env };
  const isTrial = given.isSet('dry-run');
  let diff: readonly string[] = [];
  const answered = await answer('agent hooks', async (): Promise<Outcome<Changed>> => {
    const plan = await (action === 'install' ? planInstall(place, { mode, launcher }) : planUninstall(place));
    if (!plan.ok) {
      return plan;
    }
    const { file, before, after } = plan.data;
    if (isTrial) {
      diff = await difference(plan.data);
    } else {
      await carryOut(plan.data);
    }
    return granted({ action, tool, target, file, changed: before !== after, dry_run: isTrial });
  });
  return told(answered, (data) => (isTrial && data.changed ? diff : report(data)));
}

interface Changed {
  readonly action: 'install' | 'uninstall';
  readonly tool: CodingTool;
  readonly target: 'project' | 'user';
  readonly file: string;
  readonly changed: boolean;
  readonly dry_run: boolean;
}

function report({ action, tool, target, file, changed }: Changed): readonly string[] {
  const where = oneLine(file, file.length);
  if (!changed) {
    return [action === 'install' ? `${where} has the hook already.` : `${where} has no hook of ours.`];
  }
  if (action === 'uninstall') {
    return [`Took the hook out of ${where}.`];
  }
  return [
    `Added the hook to ${where}.`,
    ...(tool === 'codex' ? ['Codex runs it once you have reviewed it: /hooks in Codex.'] : []),
    ...(target === 'project' ? ['Where agent-reservations is not installed, edits go on, with a warning.'] : []),
  ];
}

async function difference({ file, before = '', after = '' }: HookChange): Promise<readonly string[]> {
  const { createTwoFilesPatch } = await import('diff');
  const patch = createTwoFilesPatch(file, file, before, after);
  return patch
    .split('\n')
    .slice(1, -1)
    .map((line) => oneLine(line, line.length));
}

function oneOf<T extends string>(known: readonly T[], value: string | undefined, option: string): T {
  const found = known.find((one) => one === value);
  if (found === undefined) {
    throw new UsageError(
      `${value === undefined ? 'Missing' : 'Unknown'} --${option}: name one of ${known.join(', ')}.`,
    );
  }
  return found;
}
