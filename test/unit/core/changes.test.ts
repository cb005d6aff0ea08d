import assert from 'node:assert/strict';
import { changesBetween, type Seen, type StoreEvent } from '../../../src/core/changes';
import { asExpired, asReleased } from '../../../src/core/reservation';
import { addMinutes } from '../../../src/core/time';
import { at, message, NOW, reservation } from '../../support/samples';

const seen = (minutes: number, fields: Partial<Seen> = {}): Seen => ({
  active: [],
  closed: [],
  messages: [],
  at: addMinutes(NOW, minutes),
  ...fields,
});
const told = (events: readonly StoreEvent[]) =>
  events.map((event) => [
    event.event,
    event.at,
    'message' in event ? event.message.message_id : event.reservation.scope,
  ]);
const held = reservation({ created_at: at(1), expires_at: at(60) });
const { scope } = held;

describe('changesBetween', () => {
  it('tells nothing where nothing happened', () => {
    const still = { active: [held], closed: [asExpired(reservation({ scope: 'x' }))], messages: [message()] };
    assert.deepEqual(changesBetween(seen(2, still), seen(3, still)), []);
  });

  it('tells what was reserved, and what was made and ended in between, in their order', () => {
    const brief = asReleased(reservation({ scope: 'brief', created_at: at(2) }), addMinutes(NOW, 3));
    assert.deepEqual(told(changesBetween(seen(0), seen(4, { active: [held], closed: [brief] }))), [
      ['reserved', at(1), scope],
      ['reserved', at(2), 'brief'],
      ['released', at(3), 'brief'],
    ]);
  });

  it('tells nothing of what had ended before', () => {
    const old = asReleased(reservation({ created_at: at(-9) }), addMinutes(NOW, -1));
    assert.deepEqual(changesBetween(seen(0), seen(1, { closed: [old] })), []);
  });

  it('tells a release with what history says of it', () => {
    const released = { ...asReleased(held, addMinutes(NOW, 5)), released_by: 'dana' };
    const [event] = changesBetween(seen(4, { active: [held] }), seen(6, { closed: [released] }));
    assert.deepEqual(event, { event: 'released', at: at(5), reservation: released });
  });

  it('tells that one has expired once, whether it is swept at once, later or never', () => {
    const expired = [['expired', at(60), scope]];
    const [before, over, swept] = [
      seen(59, { active: [held] }),
      seen(60, { active: [held] }),
      seen(61, { closed: [asExpired(held)] }),
    ];
    assert.deepEqual(told(changesBetween(before, over)), expired);
    assert.deepEqual(told(changesBetween(before, swept)), expired);
    assert.deepEqual(told(changesBetween(over, swept)), []);
    assert.deepEqual(told(changesBetween(over, seen(62, { active: [held] }))), []);
  });

  it('tells that one is gone without a word in the history', () => {
    assert.deepEqual(told(changesBetween(seen(2, { active: [held] }), seen(3))), [['gone', at(3), scope]]);
  });

  it('tells a renewal, and who wants it: refused first, then asking', () => {
    const renewed = { ...held, expires_at: at(90), renewed_at: at(3) };
    assert.deepEqual(told(changesBetween(seen(2, { active: [held] }), seen(4, { active: [renewed] }))), [
      ['renewed', at(3), scope],
    ]);
    const waiter = { agent_id: 'agent-b', scope: 'src', since: at(5) };
    const refused = { ...held, waiting: [waiter] };
    const asked = { ...held, waiting: [{ ...waiter, message_id: 'msg_1' }] };
    assert.deepEqual(changesBetween(seen(4, { active: [held] }), seen(6, { active: [refused] })), [
      { event: 'wanted', at: at(5), reservation: refused, waiter },
    ]);
    assert.equal(changesBetween(seen(6, { active: [refused] }), seen(7, { active: [asked] })).length, 1);
    assert.equal(changesBetween(seen(7, { active: [asked] }), seen(8, { active: [asked] })).length, 0);
  });

  it('tells a message that was sent, read and acknowledged', () => {
    const read = message({ state: 'read', read_at: at(2) });
    const acked = message({ state: 'acked', read_at: at(2), acked_at: at(3) });
    const id = acked.message_id;
    const between = (before: Partial<Seen>, after: Partial<Seen>) =>
      told(changesBetween(seen(1, before), seen(4, after)));
    assert.deepEqual(between({}, { messages: [message()] }), [['sent', at(-9), id]]);
    assert.deepEqual(between({ messages: [message()] }, { messages: [read] }), [['read', at(2), id]]);
    assert.deepEqual(between({ messages: [read] }, { messages: [acked] }), [['acked', at(3), id]]);
    assert.deepEqual(between({ messages: [acked] }, { messages: [acked] }), []);
    assert.deepEqual(between({ messages: [acked] }, {}), []);
  });
});
