import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import type { Envelope } from '../../src/core/envelope';
import type { Reserved } from '../../src/core/reserve';
import { actAs, eventually, extension, run, setting, startAnew, type Tested, theFolder } from './support';

describe('a terminal', () => {
  let tested: Tested;
  let scratch: string;
  const opened: vscode.Terminal[] = [];

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested);
    scratch = await mkdtemp(join(tmpdir(), 'agent-reservations-terminal test-'));
  });

  afterEach(async () => {
    for (const terminal of opened.splice(0)) {
      terminal.dispose();
    }
    await setting('terminalCommand', undefined);
    await setting('terminalIdentity', undefined);
    await rm(scratch, { recursive: true, force: true });
  });

  /** Runs a line in a terminal of its own, as a person would; answers what it printed and how it ended. */
  async function inTerminal(line: string, env: Record<string, string> = {}): Promise<{ out: string; code: number }> {
    const [out, code] = [join(scratch, 'out'), join(scratch, 'code')];
    await rm(code, { force: true });
    const shellPath = '/bin/sh';
    const terminal = vscode.window.createTerminal({ name: 'test', shellPath, cwd: theFolder().uri, env });
    opened.push(terminal);
    terminal.sendText(`${line} > '${out}' 2>&1; echo $? > '${code}.part'; mv '${code}.part' '${code}'`);
    const ended = () => readFile(code, 'utf8').catch(() => '');
    await eventually(`${line} has ended in the terminal`, async () => (await ended()) !== '');
    return { out: await readFile(out, 'utf8'), code: Number(await ended()) };
  }

  async function answer<T>(line: string, env?: Record<string, string>): Promise<Envelope<T>> {
    const { out } = await inTerminal(`${line} --json`, env);
    return JSON.parse(out) as Envelope<T>;
  }

  it('knows the command, for the store and the project of the window', async () => {
    await actAs(tested, 'dana');
    const made = await answer<Reserved>("agent-reservations reserve --agent dana --scope 'src/auth/**' --bead bd-1");
    assert.ok(made.ok, made.error?.message);
    assert.equal(made.data.project, theFolder().uri.fsPath);
    await eventually('the view shows it', () => tested.internals.live.overview.active.length === 1);
    assert.equal((await inTerminal('agent-reservations nonsense')).code, 2);
  });

  it('takes the store that the setting names', async () => {
    const store = join(scratch, 'my store');
    await setting('storePath', store);
    const { ok, error } = await answer('agent-reservations register --name in-terminal --role test');
    assert.ok(ok, error?.message);
    assert.match(await readFile(join(store, 'agents', 'in-terminal.json'), 'utf8'), /in-terminal/);
  });

  it('lets nobody act as the person, unless the person says so', async () => {
    await actAs(tested, 'dana');
    assert.equal((await inTerminal('echo "<$BB_AGENT>"')).out, '<>\n');
    await setting('terminalIdentity', true);
    const made = await answer<Reserved>('agent-reservations reserve --scope docs --bead bd-1');
    assert.ok(made.ok, made.error?.message);
    assert.equal(made.data.agent_id, 'dana');
    await setting('agent', undefined);
    assert.equal((await inTerminal('echo "<$BB_AGENT>"')).out, '<>\n');
  });

  it('knows nothing of the demo store that the window shows', async () => {
    await actAs(tested, 'dana');
    await run('tryDemo');
    try {
      await setting('terminalIdentity', true);
      const made = await answer<Reserved>('agent-reservations reserve --scope docs --bead bd-1');
      assert.ok(made.ok, made.error?.message);
      assert.equal(made.data.agent_id, 'dana');
      assert.equal((await inTerminal('echo "<$AGENT_RESERVATIONS_STORE>"')).out, '<>\n');
    } finally {
      await run('leaveDemo');
    }
    await eventually('what was made there is the person’s', () => tested.internals.live.overview.active.length === 1);
  });

  it('does not know the command where the setting says so', async () => {
    await setting('terminalCommand', false);
    const { out, code } = await inTerminal('agent-reservations list');
    assert.equal(code, 127, out);
    assert.equal((await inTerminal('echo "<$AGENT_RESERVATIONS_NODE>"')).out, '<>\n');
    await setting('terminalCommand', undefined);
    assert.equal((await inTerminal('agent-reservations list')).code, 0);
  });

  it("runs the command on VS Code's own Node where the machine has none, paths with blanks included", async () => {
    const { extensionPath } = vscode.extensions.getExtension('agent-reservations.agent-reservations') ?? {};
    assert.ok(extensionPath);
    const [linked, folder] = [join(scratch, 'an extension'), join(scratch, 'with node')];
    await symlink(extensionPath, linked);
    // Nothing but the launcher is on that PATH.
    const line = `PATH='${join(linked, 'bin')}' && export PATH && agent-reservations list --json`;
    const { out, code } = await inTerminal(`(${line})`);
    assert.equal(code, 0, out);
    assert.equal((JSON.parse(out) as Envelope<unknown>).command, 'agent list');
    const without = await inTerminal(`(unset AGENT_RESERVATIONS_NODE; ${line})`);
    assert.equal(without.code, 1);
    assert.match(without.out, /no node on the PATH\. Install Node 20 or newer/);
    // And the machine's own is taken where there is one.
    await mkdir(folder);
    await writeFile(join(folder, 'node'), '#!/bin/sh\necho "the machine\'s node: $*"\n', { mode: 0o755 });
    const own = `PATH='${join(linked, 'bin')}${delimiter}${folder}'`;
    const machine = await inTerminal(`(${own} && export PATH && agent-reservations list "two words")`);
    assert.match(machine.out, /^the machine's node: .*an extension\/bin\/\.\.\/dist\/cli\.js list two words\n$/);
  });
});
