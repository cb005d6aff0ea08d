import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RememberedList } from '../../../src/store/files/remembered';

interface Item {
  readonly id: number;
  readonly text: string;
  readonly more?: readonly { readonly of: string }[];
}

const layout = {
  open: '"list": [\n    {',
  between: '\n    },\n    {',
  close: '\n    }\n  ]',
  listOf: (whole: unknown) => (whole as { readonly list?: unknown } | undefined)?.list,
};

const isItem = (value: unknown) => (typeof value === 'object' && value !== null ? (value as Item) : undefined);
const remembering = () => new RememberedList<Item>(layout, isItem);
const textOf = (list: readonly Item[], extra: object = {}) =>
  Buffer.from(`${JSON.stringify({ ...extra, list, after: 'ü' }, null, 2)}\n`);

/** What looks like the layout, as a value. */
const aText = fc.oneof(
  fc.string(),
  fc.constantFrom('\n    },\n    {', '"list": [\n    {', '\n    }\n  ]', 'äöü€😀', '},{', 'a'.repeat(300)),
);
const anItem: fc.Arbitrary<Item> = fc.record(
  { id: fc.nat(20), text: aText, more: fc.array(fc.record({ of: aText }), { maxLength: 3 }) },
  { requiredKeys: ['id', 'text'] },
);
const aList = fc.array(anItem, { minLength: 1, maxLength: 12 });

type Edit = (list: readonly Item[]) => readonly Item[];
const anEdit: fc.Arbitrary<Edit> = fc
  .record({ at: fc.nat(12), item: anItem, how: fc.constantFrom('in', 'out', 'other', 'nothing') })
  .map(({ at, item, how }) => (list) => {
    const place = at % (list.length + 1);
    switch (how) {
      case 'in':
        return list.toSpliced(place, 0, item);
      case 'out':
        return list.toSpliced(place, 1);
      case 'other':
        return list.toSpliced(place, 1, item);
      default:
        return list;
    }
  });

describe('a list that is remembered', () => {
  it('is read as JSON reads it, whatever has changed', () => {
    fc.assert(
      fc.property(aList, fc.array(fc.array(anEdit, { maxLength: 3 }), { maxLength: 8 }), (first, changes) => {
        const reader = remembering();
        let list: readonly Item[] = first;
        for (const edits of [[], ...changes]) {
          list = edits.reduce((before, edit) => edit(before), list);
          const text = textOf(list);
          const found = reader.parse(text);
          if (list.length > 0) {
            assert.deepEqual(found?.items, JSON.parse(JSON.stringify(list)));
            assert.deepEqual(reader.bytes, text);
          } else {
            assert.equal(found, undefined);
          }
        }
      }),
    );
  });

  it('keeps the objects of what has not changed', () => {
    const list = Array.from({ length: 100 }, (_, id) => ({ id, text: `of ${id}` }));
    const reader = remembering();
    const before = reader.parse(textOf(list))?.items ?? [];
    assert.equal(reader.parse(textOf(list))?.items, before);
    const changed = list
      .with(40, { id: 40, text: 'anew' })
      .toSpliced(70, 1)
      .toSpliced(10, 0, { id: 500, text: 'come' });
    const after = reader.parse(textOf(changed))?.items ?? [];
    assert.deepEqual(after, changed);
    assert.equal(after.filter((item) => !before.includes(item)).length, 2);
    // Where each stands is known again: also behind what has become longer.
    const last = reader.parse(textOf(changed.with(90, { id: 90, text: 'anew' })))?.items ?? [];
    assert.equal(last.filter((item) => !after.includes(item)).length, 1);
  });

  it('is read so where it is long, grows and shrinks', () => {
    const item = (id: number) => ({ id, text: `of ${id} `.repeat(id % 40) });
    let list: readonly Item[] = Array.from({ length: 3_000 }, (_, id) => item(id));
    const reader = remembering();
    const edits: readonly Edit[] = [
      (before) => before.with(7, { id: 7, text: 'anew' }),
      (before) => [...before, item(5_000)],
      (before) => before.toSpliced(1_500, 0, { id: 1, text: 'more than there is room for '.repeat(5_000) }),
      (before) => before.toSpliced(1_500, 1),
      (before) => before.slice(1),
      (before) => before.slice(0, -1),
      (before) => before.toReversed(),
      (before) => before.with(0, { id: 0, text: 'first' }).with(-1, { id: 9, text: 'last' }),
      (before) => before.slice(1_000, 1_001),
      (before) => [...before, ...Array.from({ length: 2_000 }, (_, id) => item(id))],
    ];
    for (const edit of [(before: readonly Item[]) => before, ...edits]) {
      list = edit(list);
      const text = textOf(list);
      assert.deepEqual(reader.parse(text)?.items, list);
      assert.deepEqual(reader.bytes, text);
    }
  });

  it('has an object for each of its items, also where two have the same text', () => {
    const one = { id: 1, text: 'a' };
    const reader = remembering();
    reader.parse(textOf([one, { id: 2, text: 'b' }]));
    const items = reader.parse(textOf([{ id: 2, text: 'b' }, one, one]))?.items ?? [];
    assert.deepEqual([items.length, new Set(items).size], [3, 3]);
  });

  it('is no text where a character is cut', () => {
    const reader = remembering();
    const text = textOf([
      { id: 1, text: 'ü' },
      { id: 2, text: 'a' },
    ]);
    const broken = Buffer.from(text);
    broken[text.indexOf('ü')] = 0x61;
    assert.ok(reader.parse(text));
    assert.equal(reader.parse(broken), undefined);
    assert.ok(reader.parse(text));
  });

  it('reads nothing that is laid out otherwise, or is no JSON', () => {
    const good = textOf([{ id: 1, text: 'a' }]).toString();
    const reader = remembering();
    for (const text of [
      '',
      '{}',
      JSON.stringify({ list: [{ id: 1 }] }),
      good.slice(0, -5),
      `${good}}`,
      good.replace('"id": 1', '"id": 1,'),
      good.replace('"list"', '"list": [], "other": { "list"').replace('"after"', '"z": 1 }, "after"'),
    ]) {
      assert.ok(reader.parse(Buffer.from(good)));
      assert.equal(reader.parse(Buffer.from(text)), undefined, text);
    }
  });

  it('reads what stands around it', () => {
    const reader = remembering();
    const list = [{ id: 1, text: 'a' }];
    for (const extra of [{}, { version: 2 }, { version: 3, nested: { list: [] } }]) {
      assert.deepEqual(Object.keys(reader.parse(textOf(list, extra))?.around ?? {}), [
        ...Object.keys(extra),
        'list',
        'after',
      ]);
    }
  });

  it('gives up where one of the list is no item', () => {
    const reader = new RememberedList<Item>(layout, (value) =>
      (value as Item).id === 7 ? undefined : (value as Item),
    );
    assert.ok(reader.parse(textOf([{ id: 1, text: 'a' }])));
    assert.equal(
      reader.parse(
        textOf([
          { id: 1, text: 'a' },
          { id: 7, text: 'b' },
        ]),
      ),
      undefined,
    );
  });
});
