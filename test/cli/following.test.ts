/** What happens in a store, as it happens and afterwards; and what is wrong with it. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorData } from '../../src/coordination/coordination';
import type { Message } from '../../src/core/message';
import type { Reservation } from '../../src/core/reservation';
import { Command, JsonLines } from '../support/cli';
import { useDrivers } from '../support/driver';
import { activeIn, writeActive } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

describe('following a store by the command', () => {
  const temp = useTempFolder();
  const start = useDrivers();
  let command: Command;

  beforeEach(async () => {
    command = new Command(join(temp(), 'store'), temp());
    await command.register('agent-a', 'agent-b');
  });
  afterEach(() => command.end());

  function watch(...args: readonly string[]) {
    const child = command.start(['watch', ...args]);
    return { child, seen: new JsonLines(child) };
  }
  const reserve = (agent: string, scope: string) => ['reserve', '--agent', agent, '--bead', 'bd-1', '--scope', scope];
  const named = (event: string, scope?: string) => (line: Record<string, unknown>) =>
    line['event'] === event && (scope === undefined || (line['reservation'] as Reservation).scope === scope);

  it('tells what is there, then each event, whoever causes it, until it is interrupted', async () => {
    const held = await command.done<Reservation>(reserve('agent-a', 'src'));
    const { child, seen } = watch();
    const first = await seen.find(named('watching'));
    assert.deepEqual([first['reservations'], first['messages']], [[held], []]);
    await command.done(reserve('agent-a', 'docs'));
    await seen.find(named('reserved', 'docs'));
    await command.done(['renew', '--agent', 'agent-a', '--scope', 'docs', '--ttl', '300']);
    await seen.find(named('renewed', 'docs'));
    assert.equal((await command.json(reserve('agent-b', 'src/app'))).code, 3);
    const wanted = await seen.find(named('wanted', 'src'));
    assert.equal((wanted['waiter'] as { agent_id: string }).agent_id, 'agent-b');
    await command.done(['release', '--agent', 'agent-a', '--scope', 'docs']);
    await seen.find(named('released', 'docs'));
    const [peer] = await start('peer', command.store);
    await peer?.call('reserve', { agent: 'agent-b', scope: 'theirs', bead: 'bd-2' });
    await seen.find(named('reserved', 'theirs'));
    const handoff = ['--bead', 'bd-1', '--category', 'HANDOFF', '--subject', 's', '--body', 'b'];
    const sent = await command.done<Message>(['send', '--from', 'agent-a', '--to', 'agent-b', ...handoff]);
    const about = (event: string) => (line: Record<string, unknown>) =>
      line['event'] === event && (line['message'] as Message).message_id === sent.message_id;
    await seen.find(about('sent'));
    await command.done(['read', '--agent', 'agent-b', '--message', sent.message_id]);
    await seen.find(about('read'));
    await command.done(['ack', '--agent', 'agent-b', '--message', sent.message_id]);
    await seen.find(about('acked'));
    child.kill('SIGINT');
    const [code] = await once(child, 'close');
    assert.equal(code, 0);
  });

  it('tells that time is over, though nobody does anything', async () => {
    const made = await command.done<Reservation>(reserve('agent-a', 'src'));
    const soon = new Date(Date.now() + 2_500).toISOString();
    await command.done(['release', '--agent', 'agent-a', '--all']);
    writeActive(command.store, { reservations: [{ ...made, reservation_id: 'res_soon', expires_at: soon }] });
    const { seen } = watch();
    const { at } = await seen.find(named('expired', 'src'));
    assert.equal(at, soon);
  });

  it("tells one agent's alone, with all messages to it", async () => {
    const { seen } = watch('--agent', 'agent-b');
    await seen.find(named('watching'));
    await command.done(reserve('agent-a', 'src'));
    const info = ['--bead', 'bd-1', '--category', 'INFO', '--subject', 's', '--body', 'b'];
    await command.done(['send', '--from', 'agent-b', '--to', 'agent-a', ...info]);
    await command.done(['send', '--from', 'agent-a', '--to', 'agent-b', ...info]);
    await command.done(reserve('agent-b', 'docs'));
    await seen.find(named('reserved', 'docs'));
    assert.deepEqual(
      seen.lines.map(({ event }) => event),
      ['watching', 'sent', 'reserved'],
    );
  });

  it('tells once that the store cannot be read, and goes on when it can', async () => {
    await command.done(reserve('agent-a', 'src'));
    const { seen } = watch();
    await seen.find(named('watching'));
    const [active, journal] = ['active.json', '.journal'].map((name) => join(command.store, 'reservations', name));
    const good = JSON.stringify({ reservations: activeIn(command.store) });
    writeFileSync(journal ?? '', '');
    writeFileSync(active ?? '', '{');
    const failing = await seen.find(named('failing'));
    assert.equal((failing['error'] as { code: string }).code, 'INTERNAL_ERROR');
    writeFileSync(active ?? '', good);
    await command.done(reserve('agent-a', 'docs'));
    await seen.find(named('reserved', 'docs'));
    assert.equal(seen.lines.filter(named('failing')).length, 1);
    assert.equal(seen.lines.filter(named('gone')).length, 0);
  });

  it('refuses an agent that is not registered, and ends where nobody reads on', async () => {
    const { code, out, err } = await command.call(['watch', '--agent', 'nobody']);
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /^AGENT_NOT_FOUND/);
    const { child, seen } = watch();
    await seen.find(named('watching'));
    child.stdout?.destroy();
    // Before the reservation: it may end before the command that reserves does.
    const closed = once(child, 'close');
    await command.done(reserve('agent-a', 'src'));
    const [exit] = await closed;
    assert.equal(exit, 0);
  });

  it('tells what is over, newest first, by time, agent and bead', async () => {
    await command.done([...reserve('agent-a', 'one')]);
    await command.done([...reserve('agent-b', 'two')]);
    await command.done(['release', '--agent', 'agent-a', '--all']);
    await command.done(['release', '--agent', 'agent-b', '--all']);
    const scopes = async (...args: readonly string[]) =>
      (await command.done<Reservation[]>(['history', ...args])).map(({ scope }) => scope);
    assert.deepEqual(await scopes(), ['two', 'one']);
    assert.deepEqual(await scopes('--limit', '1', '--since', '1h'), ['two']);
    assert.deepEqual(await scopes('--agent', 'agent-a', '--bead', 'bd-1'), ['one']);
    assert.deepEqual(await scopes('--since', '2999-01-01'), []);
    const { out } = await command.call(['history']);
    assert.match(out, /^SCOPE +HOLDER +BEAD +ENDED +HOW +PROJECT\ntwo +agent-b +bd-1 +under 1 min ago +released/);
  });

  it('finds what is wrong with a store, and repairs it when told', async () => {
    await command.done(reserve('agent-a', 'src'));
    assert.match((await command.call(['doctor'])).out, /^Nothing is wrong with the store\.\n$/);
    const file = join(command.store, 'reservations', 'active.json');
    const stray = join(command.store, 'agents', 'agent-z.json');
    writeFileSync(stray, '{');
    chmodSync(file, 0o644);
    const ids = async (...args: readonly string[]) => {
      const { findings, repaired } = await command.done<DoctorData>(['doctor', ...args]);
      return [findings.map(({ kind }) => kind).toSorted(), repaired.map(({ outcome }) => outcome)];
    };
    // Modes mean nothing on Windows.
    const wrong = process.platform === 'win32' ? ['UNREADABLE_FILE'] : ['UNREADABLE_FILE', 'WRONG_MODE'];
    assert.deepEqual(await ids(), [wrong, []]);
    assert.deepEqual(await ids('--fix'), [wrong, wrong.slice(1).map(() => 'REPAIRED')]);
    assert.equal(statSync(file).mode & 0o077, process.platform === 'win32' ? 0o066 : 0);
    const [kinds] = await ids();
    assert.deepEqual(kinds, ['UNREADABLE_FILE']);
    const [risky] = (await command.done<DoctorData>(['doctor'])).findings;
    assert.match((await command.call(['doctor'])).out, /1 finding\n.*\n {2}.*\n {2}Repair with care: /);
    assert.deepEqual(await ids('--id', risky?.id ?? ''), [['UNREADABLE_FILE'], ['REPAIRED']]);
  });
});
