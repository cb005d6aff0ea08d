/** What a caller can rely on: envelopes as beadboard's, exit codes, who acts, and what is said where. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../../src/core/message';
import type { Reservation } from '../../src/core/reservation';
import { Command } from '../support/cli';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const RESERVE = ['reserve', '--agent', 'agent-a', '--scope', 'src/app', '--bead', 'bd-1'];

describe('the command', () => {
  const temp = useTempFolder();
  let command: Command;

  beforeEach(async () => {
    command = new Command(join(temp(), 'store'), temp());
    await command.register('agent-a', 'agent-b');
  });
  afterEach(() => command.end());

  it('answers each verb of beadboard with its envelope, and leaves out the word agent', async () => {
    const sent = ['--bead', 'bd-1', '--category', 'HANDOFF', '--subject', 'Yours', '--body', 'Go on.'];
    const message = await command.done<Message>(['send', '--from', 'agent-a', '--to', 'agent-b', ...sent]);
    const about = ['--agent', 'agent-b', '--message', message.message_id];
    const commands = [
      ['register', '--name', 'agent-c', '--role', 'test', '--display', 'C'],
      ['list', '--role', 'test', '--status', 'idle'],
      ['show', '--agent', 'agent-a'],
      ['heartbeat', '--agent', 'agent-a'],
      ['activity-lease', '--agent', 'agent-a'],
      ['inbox', '--agent', 'agent-b', '--state', 'unread', '--bead', 'bd-1', '--limit', '5'],
      ['read', ...about],
      ['ack', ...about],
      [...RESERVE, '--ttl', '60', '--takeover-stale'],
      ['status', '--bead', 'bd-1', '--agent', 'agent-a'],
      ['release', '--agent', 'agent-a', '--scope', 'src/app'],
    ];
    for (const [verb = '', ...rest] of commands) {
      const answer = await command.json(['agent', verb, ...rest]);
      assert.deepEqual([answer.code, answer.ok, answer.command, answer.error], [0, true, `agent ${verb}`, null]);
    }
  });

  it('stores what beadboard stores, and answers it', async () => {
    const made = await command.done<Reservation>(RESERVE);
    const { reservation_id, expires_at, created_at } = made;
    assert.match(reservation_id, /^res_\d{8}_\d{6}_[0-9a-f]{8}$/);
    assert.equal(Date.parse(expires_at) - Date.parse(created_at), 120 * 60_000);
    const expected = { scope: 'src/app', agent_id: 'agent-a', bead_id: 'bd-1', state: 'active', released_at: null };
    for (const [key, value] of Object.entries(expected)) {
      assert.equal(made[key as keyof Reservation], value);
    }
    const status = await command.done<{ reservations: Reservation[]; summary: object }>(['status']);
    assert.deepEqual(status.reservations, [made]);
    assert.deepEqual(status.summary, { active: 1, released: 0, expired: 0, unacked_required_messages: 0 });
  });

  it('says when an agent was last at work', async () => {
    const before = await command.done<{ last_seen_at: string; version: number }>(['show', '--agent', 'agent-a']);
    const after = await command.done<typeof before>(['heartbeat', '--agent', 'agent-a']);
    assert.ok(after.last_seen_at > before.last_seen_at);
    assert.deepEqual({ ...before, last_seen_at: after.last_seen_at, version: before.version + 1 }, after);
  });

  describe('ends with', () => {
    const cases: readonly (readonly [number, string, readonly string[]])[] = [
      [1, 'AGENT_NOT_FOUND', ['show', '--agent', 'nobody']],
      [1, 'RESERVATION_NOT_FOUND', ['release', '--agent', 'agent-b', '--scope', 'docs']],
      [1, 'DUPLICATE_AGENT_ID', ['register', '--name', 'agent-a', '--role', 'test']],
      [2, 'INVALID_ARGS', ['reserve', '--agent', 'agent-b', '--scope', '../x', '--bead', 'bd-1']],
      [2, 'INVALID_ARGS', ['reserve', '--agent', 'agent-b', '--scope', 'x', '--bead', 'bd-1', '--ttl', 'long']],
      [2, 'INVALID_ARGS', ['reserve', '--agent', 'agent-b', '--scope', 'x', '--bead', 'bd-1', '--wait', '-1']],
      [2, 'INVALID_ARGS', ['reserve', '--agent', 'agent-b', '--scope', 'x', '--bead', 'bd-1', '--on-overlap', 'ask']],
      [2, 'INVALID_ARGS', ['reserve', '--agent', 'agent-b']],
      [2, 'INVALID_ARGS', ['release', '--agent', 'agent-b']],
      [2, 'INVALID_ARGS', ['release', '--agent', 'agent-b', '--all', '--scope', 'x']],
      [2, 'INVALID_ARGS', ['status', '--colour']],
      [2, 'INVALID_ARGS', ['status', 'extra']],
      [2, 'INVALID_ARGS', ['check']],
      [2, 'INVALID_ARGS', ['history', '--since', 'yesterday']],
      [2, 'INVALID_LIMIT', ['inbox', '--agent', 'agent-b', '--limit', '0']],
      [2, 'INVALID_AGENT_ID', ['register', '--name', 'X', '--role', 'test']],
      [2, 'MISSING_BEAD_ID', ['send', '--from', 'agent-a', '--to', 'agent-b']],
      [3, 'RESERVATION_CONFLICT', ['reserve', '--agent', 'agent-b', '--scope', 'src/app', '--bead', 'bd-2']],
      [3, 'RELEASE_FORBIDDEN', ['release', '--agent', 'agent-b', '--scope', 'src/app']],
      [3, 'RENEW_FORBIDDEN', ['renew', '--agent', 'agent-b', '--scope', 'src/app']],
    ];
    for (const [code, error, args] of cases) {
      it(`${code} and ${error}: ${args.join(' ')}`, async () => {
        await command.done(RESERVE);
        // `--wait -1` would be taken for two options.
        const joined = args.join('\n').replace('--wait\n-1', '--wait=-1').split('\n');
        const answer = await command.json(joined);
        assert.deepEqual([answer.code, answer.ok, answer.data, answer.error?.code], [code, false, null, error]);
        const told = await command.call(joined);
        assert.deepEqual([told.code, told.out], [code, '']);
        assert.ok(told.err.includes(answer.error?.message ?? '?'), told.err);
      });
    }

    it('3 for an expired one, which can be taken over', async () => {
      const [stale] = [{ ...(await command.done<Reservation>(RESERVE)), expires_at: '2026-01-01T00:00:00.000Z' }];
      await command.done(['release', '--agent', 'agent-a', '--all']);
      writeFileSync(join(command.store, 'reservations/active.json'), JSON.stringify({ reservations: [stale] }));
      const again = ['reserve', '--agent', 'agent-b', '--scope', 'docs', '--bead', 'bd-2'];
      const renamed = { ...stale, scope: 'docs', reservation_id: 'res_old' };
      writeFileSync(join(command.store, 'reservations/active.json'), JSON.stringify({ reservations: [renamed] }));
      const answer = await command.json(again);
      assert.deepEqual([answer.code, answer.error?.code], [3, 'RESERVATION_STALE_FOUND']);
      await command.done([...again, '--takeover-stale']);
    });

    it('1 where the store cannot be used, with the cause', async () => {
      writeFileSync(join(temp(), 'file'), '');
      const { code, error } = await command.json([
        'register',
        '--store',
        join(temp(), 'file'),
        '--name',
        'abc',
        '--role',
        'r',
      ]);
      assert.deepEqual([code, error?.code, error?.details?.['cause']], [1, 'INTERNAL_ERROR', 'NOT_A_FOLDER']);
    });

    it('2 for a verb that there is not, and for none', async () => {
      for (const args of [['reserv'], ['agent', 'x'], ['--json', 'nothing'], [], ['agent'], ['--json']]) {
        const { code, out, err } = await command.call(args);
        assert.deepEqual([code, out], [2, '']);
        assert.match(err, /agent-reservations/);
      }
    });
  });

  it('acts for BB_AGENT, unless told otherwise, and for nobody without either', async () => {
    const env = { BB_AGENT: 'agent-b' };
    const reserve = ['reserve', '--scope', 'docs', '--bead', 'bd-1'];
    assert.equal((await command.done<Reservation>(reserve, { env })).agent_id, 'agent-b');
    const sent = ['send', '--to', 'agent-a', '--bead', 'b', '--category', 'INFO', '--subject', 's', '--body', 'b'];
    assert.equal((await command.done<Message>(sent, { env })).from_agent, 'agent-b');
    const other = await command
      .done<Reservation>([...reserve, '--agent', 'agent-a', '--scope', 'test'], { env })
      .catch((error: unknown) => error);
    assert.match(String(other), /RESERVATION_CONFLICT/);
    assert.equal((await command.done<Reservation[]>(['inbox', '--agent', 'agent-a'], { env })).length, 1);
    // A filter is not who acts.
    assert.equal((await command.done<{ reservations: unknown[] }>(['status'], { env })).reservations.length, 1);
    for (const none of [{}, { BB_AGENT: '' }]) {
      const { code, error } = await command.json(reserve, { env: none });
      assert.equal(code, 2);
      assert.match(error?.message ?? '', /Missing --agent: say who you are, or set BB_AGENT/);
    }
  });

  it('takes the store from --store before the environment, also before the verb', async () => {
    const other = seedStore(join(temp(), 'other'), { agents: ['agent-z'] });
    for (const args of [
      ['list', '--store', other],
      ['--store', 'other', 'list'],
      [`--store=${other}`, 'agent', 'list'],
    ]) {
      assert.deepEqual(
        (await command.done<{ agent_id: string }[]>(args)).map(({ agent_id }) => agent_id),
        ['agent-z'],
      );
    }
  });

  it("takes beadboard's folder in the home folder where nothing else is said", async () => {
    const home = join(temp(), 'home');
    const env = { AGENT_RESERVATIONS_STORE: '', HOME: home, USERPROFILE: home };
    await command.done(['register', '--name', 'agent-h', '--role', 'test'], { env });
    const store = join(home, '.beadboard', 'agent');
    assert.equal((await command.done<unknown[]>(['list', '--store', store])).length, 1);
  });

  it('shows help for itself and for each verb, with an example', async () => {
    const { code, out, err } = await command.call(['--help']);
    assert.deepEqual([code, err], [0, '']);
    const verbs = [...out.matchAll(/^ {2}(\w[\w-]*) {2}/gm)].map(([, verb = '']) => verb);
    assert.equal(verbs.length, 21);
    for (const verb of verbs) {
      const help = await command.call([verb, '--help']);
      assert.deepEqual([help.code, help.err], [0, '']);
      assert.match(help.out, new RegExp(`^Usage: agent-reservations ${verb} `));
      assert.equal((await command.call(['help', verb])).out, help.out);
      assert.match(help.out, new RegExp(`\\nExample:\\n  agent-reservations ${verb}\\b`));
    }
    assert.match((await command.call(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
  });

  it('has no colour in a pipe, and lets no agent speak to the terminal', async () => {
    const evil = '\u001Bcred\u0007\u009B2J\u202E';
    await command.done(['reserve', '--agent', 'agent-a', '--scope', evil, '--bead', evil]);
    const sent = ['--category', 'HANDOFF', '--subject', evil, '--body', `one\n${evil}\ttwo`];
    const { message_id } = await command.done<Message>([
      ...['send', '--from', 'agent-a', '--to', 'agent-b', '--bead', evil],
      ...sent,
    ]);
    const calls = [
      ['status'],
      ['status', '--json'],
      ['inbox', '--agent', 'agent-b'],
      ['read', '--agent', 'agent-b', '--message', message_id],
      ['reserve', '--agent', 'agent-b', '--scope', evil, '--bead', 'b'],
      ['reserve', '--agent', 'agent-b', '--scope', evil, '--bead', 'b', '--json'],
      ['check', evil],
      ['show', '--agent', evil],
      [evil],
      ['status', `--${evil}`],
      ['release', '--agent', 'agent-a', '--all'],
      ['history'],
    ];
    for (const args of calls) {
      const { out, err } = await command.call(args);
      assert.match(out + err, /red/, args.join(' '));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(out + err, /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/, args.join(' '));
    }
    const { data } = await command.json(['inbox', '--agent', 'agent-b']);
    assert.equal((data as Message[])[0]?.subject, evil.trim());
  });

  it('ends quietly where nobody reads on', async () => {
    const child = command.start(['list']);
    child.stdout?.destroy();
    let err = '';
    child.stderr?.on('data', (text) => {
      err += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    assert.deepEqual([code, err], [0, '']);
  });
});
