import assert from 'node:assert/strict';
import { shared } from '../../../src/coordination/shared';
import { inBackground } from '../../../src/util/background';

describe('readings that many wait for', () => {
  /** Readings that end when they are told to. */
  function slow() {
    const ends: ((value: string) => void)[] = [];
    const keys: string[] = [];
    const read = (key: string) => {
      keys.push(key);
      return new Promise<string>((resolve) => ends.push(resolve));
    };
    return { read: shared(read), ends, keys };
  }

  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('who comes while one is under way shares the next, which begins afterwards', async () => {
    const { read, ends, keys } = slow();
    const [first, second, third] = [read('a'), read('a'), read('a')];
    assert.equal(keys.length, 1);
    ends[0]?.('one');
    assert.equal(await first, 'one');
    await settle();
    assert.equal(keys.length, 2);
    ends[1]?.('two');
    assert.deepEqual(await Promise.all([second, third]), ['two', 'two']);
    inBackground(read('a'), assert.ifError);
    assert.equal(keys.length, 3);
  });

  it('keys are apart', () => {
    const { read, keys } = slow();
    inBackground(read('a'), assert.ifError);
    inBackground(read('b'), assert.ifError);
    assert.deepEqual(keys, ['a', 'b']);
  });

  it('a reading that fails fails for its own callers only', async () => {
    let calls = 0;
    const read = shared(() => (++calls === 1 ? Promise.reject(new Error('no')) : Promise.resolve('yes')));
    const [first, second] = [read('a'), read('a')];
    await assert.rejects(first);
    assert.equal(await second, 'yes');
    assert.equal(await read('a'), 'yes');
  });
});
