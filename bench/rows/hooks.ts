/**
 * How long a coding agent waits for its hook. What is timed is the line as it stands in the settings, run by a shell, with
 * the input of an edit that is let through and of one that is denied.
 */

import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { commandPath, inPairs, run } from '../pairs';
import type { Context, Row } from '../row';

const PAIRS = 11;
const SCOPES = 20;
const HOLDER = 'amber-otter';

export const hooks: Row = {
  name: 'hook before an edit',
  unit: 'ms, the slower of let through and denied',
  target: { ms: { most: 100 } },
  async run(context) {
    const edit = await prepared(context);
    const through = await inPairs('let through', PAIRS, () => edit('docs/a.ts', ''));
    const denied = await inPairs('denied', PAIRS, () => edit('src/1/a.ts', '"deny"'));
    const ours = Math.max(through.whole, denied.whole);
    return {
      ours,
      peers: { 'node -e 0': through.node },
      ratio: { ms: ours },
      notes: [through.note, denied.note],
    };
  },
};

/** A repository with the hook, in which others hold scopes; answers what makes an edit and looks at what the hook says. */
async function prepared(context: Context): Promise<(path: string, expected: string) => void> {
  const root = await context.folder('hooks');
  const command = commandPath();
  const cwd = join(root, 'shop');
  const bin = join(dirname(dirname(command)), 'bin');
  const env = {
    ...process.env,
    AGENT_RESERVATIONS_STORE: join(root, 'store'),
    BB_AGENT: HOLDER,
    PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
  };
  const call = (...args: string[]) => run(process.execPath, [command, ...args], { cwd, env });
  await mkdir(cwd);
  run('git', ['init', '--quiet'], { cwd });
  call('register', '--name', HOLDER, '--role', 'bench');
  const wanted = Array.from({ length: SCOPES }, (_, index) => ['--scope', `src/${index}/**`]);
  call('reserve', '--bead', 'bd-1', ...wanted.flat());
  call('hooks', 'install', '--for', 'claude-code');
  const settings = JSON.parse(await readFile(join(cwd, '.claude', 'settings.json'), 'utf8'));
  const line: string = settings.hooks.PreToolUse[0].hooks[0].command;

  return (path, expected) => {
    const asked = { session_id: 's', cwd, tool_name: 'Write', tool_input: { file_path: path, content: 'x' } };
    const options = { cwd, env: { ...env, BB_AGENT: 'cobalt-harbor' }, input: JSON.stringify(asked) };
    const said = run('sh', ['-c', line], options);
    if (expected === '' ? said !== '' : !said.includes(expected)) {
      throw new Error(`The hook answered ${JSON.stringify(said)} where ${path} is edited.`);
    }
  };
}
