import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytesAsSource, readFully, type Source, samePrefix, sameSuffix } from '../../../src/store/files/source';

/** More than is compared at a time. */
const LONG = 1_200_000;
const long = Buffer.alloc(LONG, 'reservations ');

const aPlace = fc.oneof(fc.nat(LONG), fc.constantFrom(0, 1, 64, 524_287, 524_288, 524_289, LONG - 1, LONG));

/** Some of the bytes in the place of others. */
const anEdit = fc.record({ at: aPlace, out: fc.nat(200), come: fc.string({ maxLength: 200 }) });

function edited(bytes: Buffer, { at, out, come }: { at: number; out: number; come: string }): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(come), bytes.subarray(at + out)]);
}

function naivePrefix(left: Buffer, right: Buffer): number {
  let same = 0;
  while (same < Math.min(left.length, right.length) && left[same] === right[same]) {
    same++;
  }
  return same;
}

function naiveSuffix(left: Buffer, right: Buffer, prefix: number): number {
  const most = Math.min(left.length, right.length) - prefix;
  let same = 0;
  while (same < most && left[left.length - 1 - same] === right[right.length - 1 - same]) {
    same++;
  }
  return same;
}

describe('bytes that are read in pieces', () => {
  it('are compared from both ends as if they were read at once', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 3 }), (edits) => {
        const after = edits.reduce(edited, long);
        const prefix = samePrefix(long, bytesAsSource(after));
        assert.equal(prefix, naivePrefix(long, after));
        assert.equal(sameSuffix(long, bytesAsSource(after), prefix), naiveSuffix(long, after, prefix));
      }),
      { numRuns: 40 },
    );
  });

  it('may come a few at a time', () => {
    const bytes = long.subarray(0, 1_000);
    const slow: Source = { size: bytes.length, read: (into, from) => bytes.copy(into, 0, from, from + 7) };
    const into = Buffer.alloc(500);
    assert.ok(readFully(slow, into, 300));
    assert.deepEqual(into, bytes.subarray(300, 800));
    assert.equal(samePrefix(bytes, slow), bytes.length);
  });

  it('may be fewer than was told, since a file can be cut meanwhile', () => {
    const cut: Source = { size: LONG, read: (into, from) => long.copy(into, 0, from, Math.max(from, 600_000)) };
    assert.equal(readFully(cut, Buffer.alloc(10), 599_995), false);
    assert.ok(samePrefix(long, cut) <= 600_000);
    assert.equal(sameSuffix(long, cut, 0), 0);
  });
});
