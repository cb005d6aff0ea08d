import { strict as assert } from 'node:assert';
import { SHORTEST_SPAN_MS, VisibleTime } from '../../src/timelinePage/visibleTime';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('which time of the timeline is seen', () => {
  let time: VisibleTime;

  beforeEach(() => {
    time = new VisibleTime();
    time.setWhole(0, HOUR);
  });

  it('is the whole, with a little room for what comes, and moves on with the time', () => {
    assert.deepEqual(time.seen, { from: 0, to: HOUR + 3 * MINUTE });
    assert.equal(time.zoomed, undefined);
    assert.ok(time.moveOn(HOUR + MINUTE));
    assert.deepEqual(time.seen, { from: MINUTE, to: HOUR + 4 * MINUTE });
    assert.equal(time.now, HOUR + MINUTE);
    assert.ok(!time.moveOn(HOUR), 'a clock that was set back moves nothing');
  });

  it('stays where it is while a part is seen', () => {
    time.set({ from: 10 * MINUTE, to: 20 * MINUTE });
    time.moveOn(HOUR + MINUTE);
    assert.deepEqual(time.zoomed, { from: 10 * MINUTE, to: 20 * MINUTE });
  });

  it('is zoomed around the middle, or around a time that stays in its place', () => {
    time.set({ from: 10 * MINUTE, to: 30 * MINUTE });
    time.zoom(1 / 2);
    assert.deepEqual(time.seen, { from: 15 * MINUTE, to: 25 * MINUTE });
    time.zoom(1 / 2, 15 * MINUTE);
    assert.deepEqual(time.seen, { from: 15 * MINUTE, to: 20 * MINUTE });
    assert.equal(time.sighted(16 * MINUTE), 16 * MINUTE);
    assert.equal(time.sighted(21 * MINUTE), undefined);
  });

  it('is the whole again where it is zoomed out far enough', () => {
    time.set({ from: 10 * MINUTE, to: 30 * MINUTE });
    time.zoom(100);
    assert.equal(time.zoomed, undefined);
    assert.deepEqual(time.seen, { from: 0, to: HOUR + 3 * MINUTE });
  });

  it('is never shorter than what can be told apart', () => {
    time.set({ from: 10 * MINUTE, to: 10 * MINUTE + 1 });
    assert.deepEqual(time.seen, { from: 10 * MINUTE, to: 10 * MINUTE + SHORTEST_SPAN_MS });
  });

  it('is moved no farther than there is anything', () => {
    time.set({ from: 10 * MINUTE, to: 20 * MINUTE });
    time.pan(-HOUR);
    assert.deepEqual(time.seen, { from: 0, to: 10 * MINUTE });
    time.pan(2 * HOUR);
    assert.deepEqual(time.seen, { from: 53 * MINUTE, to: 63 * MINUTE });
  });
});
