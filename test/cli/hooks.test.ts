/** The hook of coding agents: what it answers to the input of each tool, and what installing it does to their settings. */

import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sessionAgent } from '../../src/hooks/agentHook';
import { agentHookLine } from '../../src/hooks/shell';
import { Command } from '../support/cli';
import { makeRepository } from '../support/gitRepository';
import { put, Surroundings } from '../support/hookedRepository';
import { patchOf, RECORDED, type Recorded } from '../support/hookInputs';
import { repoRoot } from '../support/paths';
import { listBelow, useTempFolder } from '../support/tempFolder';

interface Decision {
  readonly permissionDecision: string;
  readonly permissionDecisionReason: string;
}

interface Answer extends Partial<Decision> {
  readonly hookSpecificOutput?: Decision & { readonly hookEventName: string; readonly additionalContext?: string };
  readonly additionalContext?: string;
  readonly systemMessage?: string;
}

const LAUNCHER = join(repoRoot, 'bin', 'agent-reservations');

describe('the hook of coding agents', () => {
  const temp = useTempFolder();
  let command: Command;
  let shop: string;

  beforeEach(async () => {
    shop = join(temp(), 'the shop');
    put(join(shop, 'src/a.ts'), 'a');
    makeRepository(shop);
    command = new Command(join(temp(), 'store'), shop);
    await command.register('amber-otter', 'cobalt-harbor');
  });
  afterEach(() => command.end());

  async function reserve(agent: string, ...scopes: readonly string[]): Promise<void> {
    await command.done(['reserve', '--agent', agent, '--bead', 'bd-1', ...scopes.flatMap((one) => ['--scope', one])]);
  }

  /** What the hook answers; undefined where it lets the edit go on without a word. */
  async function asked(
    tool: string,
    input: unknown,
    { args = [], env = {} }: { args?: readonly string[]; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Answer | undefined> {
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    const { code, out, err } = await command.call(['hooks', 'run', '--for', tool, ...args], { input: text, env });
    assert.deepEqual([code, err], [0, '']);
    return out === '' ? undefined : JSON.parse(out);
  }

  function write(path: string, cwd = shop, session = 's-1'): Record<string, unknown> {
    return { session_id: session, cwd, tool_name: 'Write', tool_input: { file_path: path, content: 'x' } };
  }

  function decision(answer: Answer | undefined, form: Recorded['form']): Decision | undefined {
    assert.equal(answer !== undefined && 'hookSpecificOutput' in answer, form === 'nested');
    return form === 'nested' ? answer?.hookSpecificOutput : (answer as Decision);
  }

  it('denies what another holds, in the form of each tool, and lets its own and others pass', async () => {
    await reserve('amber-otter', 'src/**');
    for (const { tool, name, form, input } of RECORDED) {
      const denied = decision(await asked(tool, input(shop, [join(shop, 'src/a.ts')])), form);
      assert.equal(denied?.permissionDecision, 'deny', name);
      assert.match(
        denied?.permissionDecisionReason ?? '',
        /src\/a\.ts: held by "amber-otter" until \d{4}-.+Z \(scope "src\/\*\*", bd-1\)[\s\S]+ request --from \S+ --scope src\/a\.ts /,
      );
      const env = { BB_AGENT: 'amber-otter' };
      assert.equal(await asked(tool, input(shop, ['src/a.ts']), { env }), undefined, name);
      assert.equal(await asked(tool, input(shop, ['docs/a.md'])), undefined, name);
    }
  });

  it('takes a patch in the shell of Codex for an edit, and warns of what it does not understand of one', async () => {
    await reserve('amber-otter', 'src/**');
    const shell = (command: string) => ({ ...write(''), tool_name: 'Bash', tool_input: { command } });
    const applied = (...lines: readonly string[]) =>
      shell(`cd src && apply_patch <<'EOF'\n*** Begin Patch\n${lines.join('\n')}\n*** End Patch\nEOF`);
    const denied = await asked('codex', applied('*** Rename File: x', '*** Delete File: a.ts'));
    assert.match(denied?.hookSpecificOutput?.permissionDecisionReason ?? '', /src\/a\.ts: held by/);
    assert.equal(await asked('codex', applied('*** Add File: ../docs/a.md', '+x')), undefined);
    assert.equal(await asked('codex', shell('rm src/a.ts')), undefined);
    const unclear = await asked('codex', applied('*** Delete File: ../b', '*** Rename File: x'));
    assert.match(unclear?.hookSpecificOutput?.additionalContext ?? '', /not checked, and goes on\. .+Rename File: x/);
    assert.ok(!('permissionDecision' in (unclear?.hookSpecificOutput ?? {})));
  });

  it('names what an agent in the sandbox of Codex can do: the tools where it has them, else to ask the user', async () => {
    await reserve('amber-otter', 'src');
    const input = RECORDED.find(({ tool }) => tool === 'codex')?.input(shop, ['src/a.ts']);
    const home = join(temp(), 'codex');
    const reason = async () => {
      const answer = await asked('codex', input, { env: { CODEX_HOME: home } });
      return answer?.hookSpecificOutput?.permissionDecisionReason ?? '';
    };
    assert.match(
      await reason(),
      /ask the user, who can run:\n {2}agent-reservations register .+\n {2}agent-reservations request /,
    );
    put(join(home, 'config.toml'), '# [mcp_servers.agent-reservations]\n[mcp_servers.other]\n');
    assert.match(await reason(), /ask the user/);
    put(join(home, 'config.toml'), 'model = "x"\n[mcp_servers."agent-reservations"]\ncommand = "agent-reservations"\n');
    const tools = await reason();
    assert.match(
      tools,
      /\n {2}register_agent \{"name":"codex-\w+","role":"codex"\}\n {2}request_release \{"scope":"src\/a\.ts",/,
    );
    assert.doesNotMatch(tools, /agent-reservations (?:register|request)/);
  });

  it('reads an input that begins with a byte order mark, as some shells pass it on', async () => {
    await reserve('amber-otter', 'src/**');
    const answer = await asked('claude-code', `\uFEFF${JSON.stringify(write('src/a.ts'))}`);
    assert.equal(answer?.hookSpecificOutput?.permissionDecision, 'deny');
  });

  it('names each file of several that is held, and none that is not', async () => {
    await reserve('amber-otter', 'src/a.ts', 'docs');
    const several = RECORDED.filter(
      ({ name, form }) => form === 'nested' && /^(?:multi_rep|editFiles|apply_p)/.test(name),
    );
    assert.equal(several.length, 4);
    for (const { tool, form, input } of several) {
      const answer = await asked(tool, input(shop, ['README', 'docs/new.md', 'src/b.ts', 'src/a.ts']));
      const reason = decision(answer, form)?.permissionDecisionReason ?? '';
      assert.deepEqual(
        [...reason.matchAll(/^ {2}(\S+): held by/gm)].map(([, path]) => path),
        ['docs/new.md', 'src/a.ts'],
      );
    }
  });

  it('puts it to the person where it is told to; Codex, which cannot, denies', async () => {
    await reserve('amber-otter', 'src');
    const args = ['--mode', 'ask'];
    const claude = await asked('claude-code', write('src/a.ts'), { args });
    assert.equal(claude?.hookSpecificOutput?.permissionDecision, 'ask');
    const codex = RECORDED.find(({ tool }) => tool === 'codex')?.input(shop, ['src/a.ts']);
    assert.equal((await asked('codex', codex, { args }))?.hookSpecificOutput?.permissionDecision, 'deny');
  });

  it('knows a session by an id of its own, which can reserve, and ask as the reason says', async () => {
    await reserve('amber-otter', 'src');
    const one = await sessionAgent('claude-code', 's-1');
    const other = await sessionAgent('claude-code', 's-2');
    assert.notEqual(one, other);
    const reason = (await asked('claude-code', write('src/a.ts')))?.hookSpecificOutput?.permissionDecisionReason ?? '';
    assert.ok(reason.includes(`You are "${one}"`), reason);
    // Exactly the lines that the reason has for it, by a shell.
    const lines = reason.match(/^ {2}agent-reservations .+$/gm) ?? [];
    assert.equal(lines.length, 2);
    const around = new Surroundings(join(temp(), 'home'), command.store);
    for (const line of lines) {
      const { code, err } = await around.run('sh', ['-c', line], { cwd: shop });
      assert.deepEqual([code, err], [0, '']);
    }
    const inbox = await command.done<readonly { from_agent: string }[]>(['inbox', '--agent', 'amber-otter']);
    assert.deepEqual(
      inbox.map(({ from_agent }) => from_agent),
      [one],
    );
    await reserve(one, 'docs');
    assert.equal(await asked('claude-code', write('docs/a.md')), undefined);
    assert.ok((await asked('claude-code', write('docs/a.md', shop, 's-2')))?.hookSpecificOutput);
    const again = (await asked('claude-code', write('src/a.ts')))?.hookSpecificOutput?.permissionDecisionReason ?? '';
    assert.ok(!again.includes('register'), again);
  });

  it('follows links, and looks in the project that the file is of', async () => {
    const other = join(temp(), 'other');
    put(join(other, 'lib/x.ts'), 'x');
    makeRepository(other);
    await command.done(['reserve', '--agent', 'amber-otter', '--bead', 'bd-2', '--scope', 'lib'], { cwd: other });
    await reserve('amber-otter', 'src');
    symlinkSync(shop, join(temp(), 'link'));
    symlinkSync(join(shop, 'src/a.ts'), join(shop, 'to-a.ts'));
    mkdirSync(join(shop, 'docs'));
    for (const [path, cwd] of [
      [join(temp(), 'link/src/a.ts'), shop],
      ['src/new/deep.ts', join(temp(), 'link')],
      ['to-a.ts', shop],
      ['../src/a.ts', join(shop, 'docs')],
      [join(other, 'lib/x.ts'), shop],
      ['../other/lib/new.ts', shop],
    ] as const) {
      const reason = (await asked('claude-code', write(path, cwd)))?.hookSpecificOutput?.permissionDecisionReason ?? '';
      assert.ok(reason.includes('held by "amber-otter"'), path);
      assert.equal(reason.includes(`--worktree ${other}`), path.includes('other'), reason);
    }
    // The same name in another project is another file.
    assert.equal(await asked('claude-code', write(join(other, 'src/a.ts'))), undefined);
    assert.equal(await asked('claude-code', write(join(temp(), 'elsewhere/src/a.ts'))), undefined);
  });

  it('holds a folder without git as the project that the agent works in', async () => {
    const plain = join(temp(), 'plain');
    put(join(plain, 'deep/a.ts'), '');
    await command.done(['reserve', '--agent', 'amber-otter', '--bead', 'b', '--scope', 'deep/*'], { cwd: plain });
    assert.ok((await asked('claude-code', write('deep/a.ts', plain)))?.hookSpecificOutput);
    assert.equal(await asked('claude-code', write('deep.ts', plain)), undefined);
  });

  it('lets everything else pass without a word', async () => {
    await reserve('amber-otter', '**');
    for (const input of [
      { ...write('src/a.ts'), tool_name: 'Bash', tool_input: { command: 'echo > src/a.ts' } },
      { ...write('src/a.ts'), tool_name: 'Read' },
    ]) {
      assert.equal(await asked('claude-code', input), undefined);
    }
  });

  it('lets an edit go on with a warning where it understands nothing', async () => {
    for (const input of [
      '',
      'no JSON',
      '[]',
      '{}',
      JSON.stringify({ tool_name: 'Write', tool_input: {} }),
      '\0'.repeat(10),
    ]) {
      for (const tool of ['claude-code', 'codex'] as const) {
        const { systemMessage, hookSpecificOutput, ...more } = (await asked(tool, input)) ?? {};
        assert.match(systemMessage ?? '', /not checked, and goes on/);
        // To the model, and without a decision.
        assert.deepEqual(hookSpecificOutput, { hookEventName: 'PreToolUse', additionalContext: systemMessage });
        assert.deepEqual(more, {});
      }
      const { systemMessage, ...more } = (await asked('copilot', input)) ?? {};
      assert.deepEqual(
        more,
        /tool_name/.test(input)
          ? { hookSpecificOutput: { hookEventName: 'PreToolUse', additionalContext: systemMessage } }
          : { additionalContext: systemMessage },
      );
    }
  });

  it('lets an edit go on with a warning where the store cannot be read, and without one where there is none', async () => {
    await reserve('amber-otter', 'src');
    const env = { AGENT_RESERVATIONS_STORE: join(temp(), 'no store') };
    assert.equal(await asked('claude-code', write('src/a.ts'), { env }), undefined);
    assert.ok(!existsSync(env.AGENT_RESERVATIONS_STORE));
    const broken = join(temp(), 'broken');
    put(join(broken, 'reservations/active.json'), 'no JSON');
    const answer = await asked('claude-code', write('src/a.ts'), { env: { AGENT_RESERVATIONS_STORE: broken } });
    assert.match(answer?.systemMessage ?? '', /goes on.+active\.json/);
    assert.deepEqual(listBelow(broken), ['reservations', 'reservations/active.json']);
  });
});

describe('installing the hook', () => {
  const temp = useTempFolder();
  let around: Surroundings;
  let shop: string;

  beforeEach(() => {
    shop = join(temp(), "it's a shop");
    put(join(shop, 'src/a.ts'), 'a');
    makeRepository(shop);
    around = new Surroundings(join(temp(), 'home'), join(temp(), 'store'));
  });

  function hooks(...args: readonly string[]) {
    return around.run(LAUNCHER, ['hooks', ...args], { cwd: join(shop, 'src') });
  }

  const FILES = [
    ['claude-code', '.claude/settings.json', '.claude/settings.json'],
    ['copilot', '.github/hooks/agent-reservations.json', '.copilot/hooks/agent-reservations.json'],
    ['codex', '.codex/hooks.json', '.codex/hooks.json'],
  ] as const;

  for (const [tool, inProject, inHome] of FILES) {
    it(`of ${tool}: in the project or the home, once, as the dry run says, and away again`, async () => {
      for (const [flags, file] of [
        [[], join(shop, inProject)],
        [['--user'], join(around.home, inHome)],
      ] as const) {
        const trial = await hooks('install', '--for', tool, ...flags, '--dry-run');
        assert.equal(trial.code, 0);
        assert.ok(!existsSync(file));
        assert.equal((await hooks('install', '--for', tool, ...flags)).code, 0);
        const text = readFileSync(file, 'utf8');
        const added = trial.out.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+++'));
        assert.equal(added.map((line) => `${line.slice(1)}\n`).join(''), text);
        // What is shared has no path of this machine.
        assert.equal(text.includes(repoRoot), flags.length > 0);
        assert.match((await hooks('install', '--for', tool, ...flags)).out, /already/);
        assert.equal(readFileSync(file, 'utf8'), text);
        assert.match((await hooks('uninstall', '--for', tool, ...flags, '--dry-run')).out, /^-\{$/m);
        assert.equal((await hooks('uninstall', '--for', tool, ...flags)).code, 0);
        assert.ok(!existsSync(file));
        assert.match((await hooks('uninstall', '--for', tool, ...flags)).out, /no hook of ours/);
      }
    });
  }

  it('brings a hook of an earlier version up to date, and leaves what a person has changed', async () => {
    const file = join(shop, '.codex/hooks.json');
    const earlier = (matcher: string, timeout: number) => ({
      hooks: {
        PreToolUse: [
          {
            matcher,
            hooks: [{ type: 'command', command: "sh -c 'agent-reservations hooks run --for codex'", timeout }],
          },
        ],
      },
    });
    for (const [before, matcher, timeout] of [
      ['apply_patch', 'apply_patch|Bash', 10],
      ['apply_patch|Write', 'apply_patch|Write|Bash', 30],
      ['.*', '.*', 10],
    ] as const) {
      put(file, `${JSON.stringify(earlier(before, timeout), null, 2)}\n`);
      assert.match((await hooks('install', '--for', 'codex')).out, /^Added the hook/);
      const [group] = JSON.parse(readFileSync(file, 'utf8')).hooks.PreToolUse;
      assert.equal(group.matcher, matcher);
      assert.equal(group.hooks.length, 1);
      assert.equal(group.hooks[0].timeout, timeout);
      assert.match(group.hooks[0].statusMessage, /Agent Reservations/);
      assert.match((await hooks('install', '--for', 'codex')).out, /already/);
    }
    put(file, `${JSON.stringify(earlier('apply_patch', 10), null, 2)}\n`);
    await hooks('install', '--for', 'codex');
    await hooks('uninstall', '--for', 'codex');
    assert.ok(!existsSync(file));
  });

  it('leaves a file that cannot be understood as it is, and says which', async () => {
    for (const [tool, inProject] of FILES) {
      put(join(shop, inProject), '{ "hooks": [');
      for (const action of ['install', 'uninstall']) {
        const { code, err } = await hooks(action, '--for', tool);
        assert.equal(code, 2);
        assert.match(err, /^INVALID_SETTINGS: ".+json" cannot be understood/);
        assert.equal(readFileSync(join(shop, inProject), 'utf8'), '{ "hooks": [');
      }
    }
  });

  it('says what the system does not let it read or write, by name', async () => {
    mkdirSync(join(shop, '.claude/settings.json'), { recursive: true });
    writeFileSync(join(shop, '.codex'), 'a file');
    for (const [tool, path] of [
      ['claude-code', '.claude/settings.json'],
      ['codex', '.codex'],
    ] as const) {
      const { code, err } = await hooks('install', '--for', tool);
      assert.equal(code, 1);
      assert.match(err, new RegExp(`^INTERNAL_ERROR: Could not (?:read|write) .+${path}`));
      assert.equal(err.split('\n').length, 2, err);
    }
  });

  it('keeps the mode of the file, what is in it, and a link as a link', async () => {
    const kept = join(temp(), 'dotfiles', 'settings.json');
    const text = '{\n  // mine\n  "model": "x"\n}\n';
    put(kept, text, 0o640);
    chmodSync(kept, 0o640);
    mkdirSync(join(around.home, '.claude'));
    symlinkSync(kept, join(around.home, '.claude/settings.json'));
    await hooks('install', '--for', 'claude-code', '--user');
    assert.ok(lstatSync(join(around.home, '.claude/settings.json')).isSymbolicLink());
    assert.match(readFileSync(kept, 'utf8'), /\/\/ mine[\s\S]+hooks run --for claude-code/);
    assert.equal(statSync(kept).mode & 0o777, 0o640);
    await hooks('uninstall', '--for', 'claude-code', '--user');
    assert.equal(readFileSync(kept, 'utf8'), text);
    assert.deepEqual(listBelow(join(temp(), 'dotfiles')), ['settings.json']);
  });

  it('says what is wrong with the call', async () => {
    for (const [args, message] of [
      [['install'], /Missing --for: name one of claude-code, copilot, codex/],
      [['install', '--for', 'vim'], /Unknown --for/],
      [['remove', '--for', 'codex'], /install, uninstall or run/],
      [['install', '--for', 'codex', '--mode', 'never'], /Unknown --mode/],
      [['install', '--for', 'codex', '--mode', 'ask'], /INVALID_ARGS: A hook of codex cannot ask/],
      [['install', '--for', 'codex', '--user', '--project'], /one of --project and --user/],
    ] as const) {
      const { code, err } = await hooks(...args);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    assert.deepEqual(
      listBelow(shop).filter((name) => /hooks\.json|settings/.test(name)),
      [],
    );
  });

  describe('makes a line that', () => {
    const input = (tool = 'claude-code') =>
      JSON.stringify({
        session_id: 's',
        cwd: shop,
        ...(tool === 'codex'
          ? { tool_name: 'apply_patch', tool_input: { command: patchOf(['src/a.ts']) } }
          : { tool_name: 'Write', tool_input: { file_path: 'src/a.ts' } }),
      });

    beforeEach(async () => {
      const command = new Command(around.store, shop);
      await command.register('amber-otter');
      await command.done(['reserve', '--agent', 'amber-otter', '--bead', 'bd-1', '--scope', 'src']);
    });

    async function run(line: string, inSurroundings: Surroundings, shell = 'sh', given = input()) {
      return await inSurroundings.run(shell, ['-c', line], { cwd: shop, input: given });
    }

    it('works as each tool has it in its settings', async () => {
      for (const [tool, file] of FILES) {
        await hooks('install', '--for', tool);
        const { hooks: settings } = JSON.parse(readFileSync(join(shop, file), 'utf8'));
        const line = tool === 'copilot' ? settings.preToolUse[0].bash : settings.PreToolUse[0].hooks[0].command;
        for (const shell of ['sh', 'bash']) {
          const { code, out } = await run(line, around, shell, input(tool));
          assert.equal(code, 0);
          assert.match(out, /"permissionDecision":"deny"/);
        }
      }
    });

    it('finds the command where it was, where its next version is, or where VS Code has it', async () => {
      const without = new Surroundings(join(temp(), 'other home'), around.store, false);
      const name = 'agent-reservations.agent-reservations';
      const folder = join(temp(), "some one's extensions");
      const install = (at: string) => {
        mkdirSync(at, { recursive: true });
        symlinkSync(join(repoRoot, 'dist'), join(at, 'dist'));
        put(join(at, 'bin/agent-reservations'), readFileSync(LAUNCHER), 0o755);
      };
      const old = join(folder, `${name}-0.1.0/bin/agent-reservations`);
      const line = agentHookLine('claude-code', 'deny', old);
      const warned = JSON.parse((await run(line, without)).out);
      assert.match(warned.systemMessage, /^agent-reservations was not found/);
      const { additionalContext } = warned.hookSpecificOutput;
      assert.equal(additionalContext, warned.systemMessage);
      const flat = JSON.parse((await run(agentHookLine('copilot', 'deny', old), without)).out);
      assert.equal(flat.additionalContext, warned.systemMessage);
      install(join(folder, `${name}-0.2.0`));
      assert.match((await run(line, without)).out, /"deny"/);
      const shared = agentHookLine('claude-code', 'deny', undefined);
      assert.match((await run(shared, without)).out, /was not found/);
      install(join(without.home, `.vscode-server/extensions/${name}-0.3.0`));
      assert.match((await run(shared, without)).out, /"deny"/);
      assert.match((await run(agentHookLine('codex', 'deny', LAUNCHER), without, 'sh', input('codex'))).out, /"deny"/);
    });

    it('says nothing of a command of the shell of Codex that applies no patch, and starts nothing for it', async () => {
      const without = new Surroundings(join(temp(), 'other home'), around.store, false);
      const call = (command: string) => JSON.stringify({ tool_name: 'Bash', cwd: shop, tool_input: { command } });
      const started = join(temp(), 'started');
      const launcher = join(temp(), 'launcher');
      put(launcher, `#!/bin/sh\ntouch '${started}'\n`, 0o755);
      for (const [line, command, said] of [
        [agentHookLine('codex', 'deny', undefined), 'ls', /^$/],
        [agentHookLine('codex', 'deny', undefined), 'apply_patch < x', /was not found/],
        [agentHookLine('codex', 'deny', launcher), 'ls', /^$/],
      ] as const) {
        const { code, out } = await run(line, without, 'sh', call(command));
        assert.equal(code, 0);
        assert.match(out, said);
      }
      assert.ok(!existsSync(started));
      const held = call(`apply_patch <<'EOF'\n${patchOf(['src/a.ts', "it's %s.md"])}EOF`);
      const denied = await run(agentHookLine('codex', 'deny', LAUNCHER), around, 'sh', held);
      assert.match(denied.out, /"deny".+src\/a\.ts: held by/);
    });

    it('never takes a program of the project for the command, and always ends well', async () => {
      const without = new Surroundings(join(temp(), 'other home'), around.store, false);
      for (const path of ['-x/bin/agent-reservations', 'agent-reservations', 'bin/agent-reservations']) {
        put(join(shop, path), '#!/bin/sh\ntouch taken\n', 0o755);
      }
      assert.match((await run(agentHookLine('copilot', 'deny', undefined), without)).out, /was not found/);
      assert.ok(!existsSync(join(shop, 'taken')));
      // Copilot refuses an edit whose hook fails.
      const failing = join(temp(), 'failing');
      put(failing, '#!/bin/sh\nexit 1\n', 0o755);
      writeFileSync(join(around.store, 'reservations/active.json'), 'no JSON');
      assert.equal((await run(agentHookLine('copilot', 'deny', failing), without)).code, 0);
    });
  });
});
