/** Calls with something amiss around them: who reads is gone, the disk is full, a folder is mistyped or was deleted. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Reservation } from '../../src/core/reservation';
import { CLI, Command } from '../support/cli';
import { useTempFolder } from '../support/tempFolder';

const HELD = ['reserve', '--agent', 'agent-b', '--scope', 'src/a.ts', '--bead', 'bd-2'];

/** Only there is a disk that is always full, and a folder goes away under whoever is in it. */
const onLinux = process.platform === 'linux' ? it : () => undefined;

describe('where something is amiss', () => {
  const temp = useTempFolder();
  let command: Command;
  let shop: string;

  beforeEach(async () => {
    shop = join(temp(), 'shop');
    mkdirSync(join(shop, '.git'), { recursive: true });
    command = new Command(join(temp(), 'store'), shop);
    await command.register('agent-a', 'agent-b');
    await command.done(['reserve', '--agent', 'agent-a', '--scope', 'src', '--bead', 'bd-1']);
  });
  afterEach(() => command.end());

  it('ends with its own exit code though nobody reads the answer', async () => {
    for (const [args, expected] of [
      [[...HELD, '--json'], 3],
      [['release', '--agent', 'agent-a', '--scope', 'docs', '--json'], 1],
      [['status', '--json'], 0],
    ] as const) {
      const child = command.start(args);
      child.stdout?.destroy();
      const [code] = await once(child, 'close');
      assert.equal(code, expected, args.join(' '));
    }
  });

  onLinux('fails, and says so, where the answer cannot be written', async () => {
    for (const [args, expected] of [
      [['status', '--json'], 1],
      [['watch'], 1],
      [[...HELD, '--json'], 3],
    ] as const) {
      const child = spawn(process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath, [CLI, ...args], {
        cwd: shop,
        env: { ...process.env, AGENT_RESERVATIONS_STORE: command.store },
        stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      });
      let err = '';
      child.stderr?.on('data', (text) => {
        err += text;
      });
      const [code] = await once(child, 'close');
      assert.deepEqual([code, args], [expected, args]);
      assert.match(err, /the answer could not be written: .*ENOSPC/);
    }
  });

  it('refuses a folder that is none, rather than reserve where nobody is in the way', async () => {
    const typo = join(temp(), 'shpo');
    for (const [option, args] of [
      ['worktree', [...HELD, '--worktree', typo]],
      ['project', [...HELD, '--project', typo]],
      ['project', [...HELD, '--project', typo, '--worktree', shop]],
      ['worktree', ['check', 'src', '--worktree', typo]],
      ['worktree', ['request', '--from', 'agent-b', '--scope', 'src', '--reason', 'r', '--worktree', typo]],
    ] as const) {
      const { code, error } = await command.json(args);
      assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS'], args.join(' '));
      assert.ok(error?.message.includes(`There is no folder ${JSON.stringify(typo)}`), error?.message);
      assert.ok(error?.message.includes(`after --${option}`), error?.message);
    }
  });

  onLinux('releases what was reserved in a folder that is gone, and refuses to reserve there', async () => {
    const gone = join(temp(), 'gone');
    mkdirSync(gone);
    await command.done(['reserve', '--agent', 'agent-b', '--scope', 'notes', '--bead', 'bd-2'], { cwd: gone });
    const inGone = (args: readonly string[], env: NodeJS.ProcessEnv = { PWD: gone }) => shell(gone, args, env);
    const refused = await inGone([...HELD, '--json']);
    assert.deepEqual([refused.code, refused.err], [2, '']);
    assert.match(JSON.parse(refused.out).error.message, /"[^"]*gone", is not there any more: go to one of the project/);
    assert.equal((await inGone(['status', '--json'])).code, 0);
    const edit = { session_id: 's', cwd: shop, tool_name: 'Write', tool_input: { file_path: 'src/a.ts' } };
    const asked = await shell(gone, ['hooks', 'run', '--for', 'claude-code'], { PWD: gone }, JSON.stringify(edit));
    assert.deepEqual([asked.code, asked.err], [0, '']);
    assert.match(asked.out, /"permissionDecision":"deny"/);
    const { reservations } = await command.done<{ reservations: Reservation[] }>(['status', '--project', gone]);
    assert.deepEqual(
      reservations.map(({ scope }) => scope),
      ['notes'],
    );
    assert.equal((await inGone(['release', '--agent', 'agent-b', '--all'])).code, 0);
    assert.deepEqual(
      (await command.done<{ reservations: Reservation[] }>(['status'])).reservations.map(({ scope }) => scope),
      ['src'],
    );
  });

  it('takes no "~" for a folder, which every folder would have another one of', async () => {
    for (const where of ['~', '~/store']) {
      const { code, error } = await command.json(['list'], { env: { AGENT_RESERVATIONS_STORE: where } });
      assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
      assert.ok(error?.message.includes(`${JSON.stringify(where)} would be a folder called "~"`), error?.message);
    }
  });

  onLinux('keeps no store in whatever folder it is called in, where there is no home folder', async () => {
    const env = { AGENT_RESERVATIONS_STORE: '', HOME: '', USERPROFILE: '' };
    const { code, error } = await command.json(['list'], { env });
    assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
    assert.match(error?.message ?? '', /no home folder .* set HOME/);
  });

  it('passes over no value in silence, and says how one is written that begins with a hyphen', async () => {
    const twice = ['renew', '--agent', 'agent-a', '--scope', 'docs', '--scope', 'src'];
    const { code, error } = await command.json(twice);
    assert.deepEqual([code, error?.code], [2, 'INVALID_ARGS']);
    assert.match(error?.message ?? '', /Option '--scope' is given more than once/);
    await command.done(['renew', '--agent', 'agent-a', '--scope', 'src', '--scope', 'src']);
    await command.done(['--store', 'elsewhere', 'list', '--store', command.store]);

    const sent = [
      'send',
      '--from',
      'agent-a',
      '--to',
      'agent-b',
      '--bead',
      'b',
      '--category',
      'INFO',
      '--subject',
      's',
    ];
    const unclear = await command.json([...sent, '--body', '- one thing']);
    assert.equal(unclear.code, 2);
    assert.match(unclear.error?.message ?? '', /'--body' has no value, or one that begins with "-": .*--body=-…/);
    assert.equal((await command.done<{ body: string }>([...sent, '--body=- one thing'])).body, '- one thing');
  });

  /** Calls in a folder that is deleted once the shell is in it; a shell keeps its name in PWD. */
  async function shell(folder: string, args: readonly string[], env: NodeJS.ProcessEnv, input = '') {
    mkdirSync(folder, { recursive: true });
    const node = process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath;
    const child = spawn('sh', ['-c', 'rmdir "$PWD" && exec "$@"', 'sh', node, CLI, ...args], {
      cwd: folder,
      env: { ...process.env, AGENT_RESERVATIONS_STORE: command.store, ...env },
    });
    child.stdin.end(input);
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    const [code] = (await once(child, 'close')) as [number];
    return { code, out, err };
  }
});
