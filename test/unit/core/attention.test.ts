import assert from 'node:assert/strict';
import { askedOf, endingSoon, freedFor } from '../../../src/core/attention';
import { overview } from '../../../src/core/look';
import { NOTHING_READ } from '../../../src/core/overview';
import type { Reservation } from '../../../src/core/reservation';
import { observe } from '../../../src/core/workDone';
import { at, message, NOW, reservation } from '../../support/samples';

const PROJECT = '/projects/shop';
const asked = { agent_id: 'dana', scope: 'src/a.ts', since: at(-5), message_id: 'msg_1' };

function held(fields: Partial<Reservation>): Reservation {
  return reservation({ scope: 'src/**', agent_id: 'codex', project: PROJECT, waiting: [asked], ...fields });
}

function freed(active: readonly Reservation[], closed: readonly Reservation[] = []): readonly string[] {
  return freedFor('dana', { ...NOTHING_READ, active, closed }, NOW).map(({ wanted }) => wanted);
}

describe('what one has asked for', () => {
  it('is free once it was released, or is past its time though nobody swept it', () => {
    assert.deepEqual(freed([], [held({ state: 'released', released_at: at(0) })]), ['src/a.ts']);
    assert.deepEqual(freed([held({ expires_at: at(0) })]), ['src/a.ts']);
  });

  it('is told once where a crash left it in both files', () => {
    assert.deepEqual(freed([held({ expires_at: at(0) })], [held({ state: 'expired', expires_at: at(0) })]), [
      'src/a.ts',
    ]);
  });

  it('is not free while it is held, by whomever, be it oneself', () => {
    const over = held({ state: 'released' });
    assert.deepEqual(freed([held({})]), []);
    const next = { reservation_id: 'res_2', waiting: [] };
    assert.deepEqual(freed([held({ ...next, agent_id: 'claude', scope: 'src/*.ts' })], [over]), []);
    assert.deepEqual(freed([held({ ...next, agent_id: 'dana', scope: 'src/a.ts' })], [over]), []);
    assert.deepEqual(freed([held({ ...next, agent_id: 'claude', scope: 'docs' })], [over]), ['src/a.ts']);
  });

  it('is no news to who was merely refused, or has asked for nothing', () => {
    const { message_id: _, ...refused } = asked;
    assert.deepEqual(freed([], [held({ waiting: [refused] })]), []);
    assert.deepEqual(freed([], [held({ waiting: [] })]), []);
  });

  it('is no news where the file says of no moment since when it is wanted', () => {
    assert.deepEqual(freed([], [held({ waiting: [{ ...asked, since: 'yesterday' }] })]), []);
  });
});

describe('a request to release', () => {
  const mine = reservation({ scope: 'src/a.ts', agent_id: 'dana' });
  const request = { reservation_id: mine.reservation_id, scope: 'src/a.ts', wanted: 'src' };
  const ask = (fields: object) => message({ to_agent: 'dana', category: 'BLOCKED', request, ...fields });
  const told = (...messages: readonly ReturnType<typeof message>[]) => {
    const { active } = overview({ ...NOTHING_READ, active: [mine] }, { me: 'dana', expiredHours: 1 }, NOW);
    return askedOf('dana', messages, active).length;
  };

  it('is told while it is unread, and what it asks for is held', () => {
    assert.equal(told(ask({})), 1);
    assert.equal(told(ask({ state: 'read' })), 0);
    assert.equal(told(ask({ request: { ...request, scope: 'src/b.ts' } })), 0);
    assert.equal(told(ask({ to_agent: 'codex' })), 0);
    assert.equal(told(message({ to_agent: 'dana' })), 0);
  });

  it('is told beside messages of others, which may have anything in its place', () => {
    for (const strange of [null, 'src', 7, []]) {
      assert.equal(told(ask({ request: strange }), ask({})), 1);
    }
  });
});

describe('what ends soon', () => {
  const ends = (minutes: number, from = -60) => reservation({ created_at: at(from), expires_at: at(minutes) });

  it('is told ten minutes before, with what ends soon after it', () => {
    const [ten, eleven, thirteen] = [ends(10), ends(11), ends(13)];
    assert.deepEqual(endingSoon([eleven, thirteen], NOW), []);
    assert.deepEqual(endingSoon([thirteen, ten, eleven], NOW), [ten, eleven]);
  });

  it('needs no word where it is over, or was made for so short a time', () => {
    assert.deepEqual(endingSoon([ends(0), ends(5, -5)], NOW), []);
  });
});

describe('work that is done', () => {
  it('was changed at one commit, and is as committed at another', () => {
    const changed = observe(undefined, { head: 'a', changed: true });
    assert.deepEqual(changed, { seen: { changedAt: 'a' }, done: false });
    assert.deepEqual(observe(changed.seen, { head: 'b', changed: false }), { seen: undefined, done: true });
  });

  it('is not what was never changed, was taken back, or is changed still', () => {
    const seen = { changedAt: 'a' };
    assert.equal(observe(undefined, { head: 'b', changed: false }).done, false);
    assert.deepEqual(observe(seen, { head: 'a', changed: false }), { seen, done: false });
    assert.equal(observe(seen, { head: 'b', changed: true }).done, false);
    assert.equal(observe(seen, { head: undefined, changed: false }).done, false);
  });
});
