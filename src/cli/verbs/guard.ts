/** The guard among git's hooks: install it, take it out, be it. */

import { answer } from '../../coordination/answers';
import { oneLine } from '../../core/display';
import { type Envelope, envelope, granted } from '../../core/envelope';
import { answerGuard } from '../../hooks/guard';
import type { GuardData } from '../../hooks/guardInstall';
import type { GitHook } from '../../hooks/shell';
import { EXIT } from '../exitCode';
import { type Given, type Surroundings, type Told, told, UsageError, type Verb } from '../verb';

export const guard: Verb = {
  name: 'guard',
  command: 'agent guard',
  summary: 'Have git refuse to commit what another agent holds.',
  options: {
    'pre-push': { help: 'With install: guard pushes too.' },
    worktree: { value: 'DIR', help: 'Act as if called in this folder.' },
    hook: { value: 'HOOK', help: 'With run: which hook of git it is, pre-commit or pre-push.' },
  },
  rest: 'install|uninstall|run',
  notes: [
    'install is for this repository only, and what was there goes on running. uninstall leaves it as it was before.',
    'The guard refuses where BB_AGENT says who commits, and only warns where it does not.',
    'AGENT_RESERVATIONS_BYPASS=1 passes it by; with AGENT_RESERVATIONS_GUARD=warn it only warns.',
    'AGENT_RESERVATIONS_GUARD_TIMEOUT is how many seconds git waits for it at most (default: 2).',
  ],
  worksWithoutStore: true,
  example: 'guard install --pre-push',
  run: async (given, surroundings) => {
    const [action, ...more] = given.rest;
    if (more.length > 0 || (action !== 'run' && action !== 'install' && action !== 'uninstall')) {
      throw new UsageError('Say what to do, as one word: install, uninstall or run.');
    }
    return action === 'run' ? await runGuard(given, surroundings) : await change(action, given, surroundings);
  },
};

async function runGuard(given: Given, { env, cwd, input, coordination, warn }: Surroundings): Promise<Told> {
  const hook = given.text('hook') ?? 'pre-commit';
  if (hook !== 'pre-commit' && hook !== 'pre-push') {
    throw new UsageError('Unknown --hook: name one of pre-commit, pre-push.');
  }
  // git has been waiting since the process started.
  const asked = await answerGuard({ hook, env, cwd, input, coordination }, process.uptime() * 1000);
  if (asked.text) {
    await warn(`${asked.text}\n`);
  }
  if (asked.isLate) {
    // What it still waits for would keep the process, and git with it.
    process.exit(EXIT.done);
  }
  const outcome = granted({ refused: asked.isRefused });
  return {
    ...told(envelope('agent guard', outcome), () => []),
    isWritten: true,
    exitCode: asked.isRefused ? EXIT.conflict : EXIT.done,
  };
}

async function change(action: 'install' | 'uninstall', given: Given, { cwd, launcher }: Surroundings): Promise<Told> {
  const { installGuard, uninstallGuard } = await import('../../hooks/guardInstall');
  const folder = given.text('worktree') ?? cwd;
  const hooks: readonly GitHook[] = given.isSet('pre-push') ? ['pre-commit', 'pre-push'] : ['pre-commit'];
  const answered: Envelope<GuardData> = await answer('agent guard', () =>
    action === 'install' ? installGuard(folder, { hooks, launcher }) : uninstallGuard(folder),
  );
  return told(answered, (data) => (action === 'install' ? installed(data) : uninstalled(data)));
}

function installed({ hooks, shared }: GuardData): readonly string[] {
  return [
    ...hooks.map(({ path, changed, chained }) => {
      const where = oneLine(path, path.length);
      return changed
        ? `The guard is in ${where}${chained ? ', before what was there' : ''}.`
        : `${where} has the guard already.`;
    }),
    ...(shared
      ? ['That file is shared by all who work on the project. Without agent-reservations, it only warns.']
      : []),
  ];
}

function uninstalled({ hooks }: GuardData): readonly string[] {
  return hooks.length === 0
    ? ['There is no guard in this repository.']
    : hooks.map(({ path }) => `Took the guard out of ${oneLine(path, path.length)}.`);
}
