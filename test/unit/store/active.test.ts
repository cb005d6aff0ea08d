import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NO_ACTIVE_FILE, parseActive, serializeActive } from '../../../src/store/files/active';
import { PROBLEM_KINDS, type ProblemKind, StoreProblem } from '../../../src/store/problem';
import { reservation } from '../../support/samples';

const PATH = '/store/reservations/active.json';

function problemOf(text: string): StoreProblem {
  try {
    parseActive(text, PATH);
  } catch (error) {
    assert.ok(error instanceof StoreProblem, `not a StoreProblem: ${String(error)}`);
    return error;
  }
  return assert.fail(`was taken: ${text}`);
}

describe('parseActive', () => {
  it('takes the object, an empty one, and a bare array', () => {
    const entry = reservation();
    const whole = { entries: [entry], strange: [], extra: {}, problems: [] };
    assert.deepEqual(parseActive(JSON.stringify({ reservations: [entry] }), PATH), whole);
    assert.deepEqual(parseActive(JSON.stringify([entry]), PATH), whole);
    assert.deepEqual(parseActive('{"reservations":[]}', PATH), NO_ACTIVE_FILE);
    assert.deepEqual(parseActive('[]', PATH), NO_ACTIVE_FILE);
  });

  it('takes an entry without released_at, as a hand may write it', () => {
    const { released_at: _, ...entry } = reservation();
    assert.deepEqual(parseActive(JSON.stringify([entry]), PATH).entries, [entry]);
  });

  const whole = JSON.stringify({ reservations: [reservation()] });
  const texts: readonly (readonly [string, string, ProblemKind])[] = [
    ['nothing', '', 'EMPTY_FILE'],
    ['white space only', ' \r\n\t\n', 'EMPTY_FILE'],
    ['a byte order mark before good content', `\uFEFF${whole}`, 'BYTE_ORDER_MARK'],
    ['a byte order mark before bad content', '\uFEFF{', 'BYTE_ORDER_MARK'],
    ['a cut', whole.slice(0, -5), 'NOT_JSON'],
    ['a cut after the first character', '{', 'NOT_JSON'],
    ['zero bytes, as after a power failure', '\0'.repeat(64), 'NOT_JSON'],
    ['two documents', `${whole}\n${whole}`, 'NOT_JSON'],
    ['text', 'hello', 'NOT_JSON'],
    ['null', 'null', 'WRONG_SHAPE'],
    ['a number', '42', 'WRONG_SHAPE'],
    ['true', 'true', 'WRONG_SHAPE'],
    ['a string', '"reservations"', 'WRONG_SHAPE'],
    ['{}', '{}', 'WRONG_SHAPE'],
    ['an object for the list', '{"reservations":{}}', 'WRONG_SHAPE'],
    ['null for the list', '{"reservations":null}', 'WRONG_SHAPE'],
    ['another key', '{"Reservations":[]}', 'WRONG_SHAPE'],
  ];
  for (const [name, text, kind] of texts) {
    it(`${name}: ${kind}, naming the file and the next step`, () => {
      const problem = problemOf(text);
      assert.equal(problem.kind, kind);
      assert.equal(problem.path, PATH);
      assert.ok(problem.message.includes(PATH));
      assert.match(problem.message, /Mend it|move it away|Save it/);
    });
  }

  it('a byte order mark alone is a byte order mark, or nothing: never a valid file', () => {
    assert.ok(['BYTE_ORDER_MARK', 'EMPTY_FILE'].includes(problemOf('\uFEFF').kind));
  });

  describe('an entry that is wrong', () => {
    const required = ['reservation_id', 'scope', 'agent_id', 'bead_id', 'state', 'created_at', 'expires_at'] as const;
    const wrong: (readonly [string, unknown, RegExp])[] = [
      ['null', null, /entry/],
      ['a number', 3, /entry/],
      ['a list', [], /reservation_id|entry/],
      ['a text', 'x', /entry/],
      ['an empty object', {}, /reservation_id/],
      ['a scope of another type', reservation({ scope: 7 as unknown as string }), /scope/],
      ['an empty scope', reservation({ scope: '' }), /scope/],
      ['an empty id', reservation({ reservation_id: '' }), /reservation_id/],
      ['an agent id that is a path', reservation({ agent_id: '../x' }), /agent_id/],
      ['an unknown state', reservation({ state: 'held' as 'active' }), /state/],
      ['a bead of another type', reservation({ bead_id: null as unknown as string }), /bead_id/],
      ['a release time that is none', reservation({ released_at: 'yesterday' }), /released_at/],
      ['a release time of another type', reservation({ released_at: 5 as unknown as string }), /released_at/],
    ];
    for (const field of required) {
      const { [field]: _, ...rest } = reservation();
      wrong.push([`no ${field}`, rest, new RegExp(field)]);
    }
    // V8 reads all of these as some time, in the local zone or in the year 2001; two processes would not agree on it.
    const times = ['', 'soon', '1', '2026', '2026-02-13', '2026-02-13 22:09:00', '2026-02-13T22:09:00', 'Feb 3 2026'];
    for (const time of [...times, '2026-13-13T22:09:00.000Z', '2026-02-13T25:09:00.000Z']) {
      wrong.push([`expires_at ${JSON.stringify(time)}`, reservation({ expires_at: time }), /expires_at/]);
    }
    wrong.push(['a number for a time', reservation({ created_at: 1_770_000_000 as unknown as string }), /created_at/]);

    for (const [name, entry, reason] of wrong) {
      it(`${name}: BAD_ENTRY with its number and the reason, carried along beside the good ones`, () => {
        const before = reservation({ scope: 'before' });
        const after = reservation({ scope: 'after' });
        const file = parseActive(JSON.stringify({ reservations: [before, entry, after] }), PATH);
        assert.deepEqual(file.entries, [before, after]);
        assert.deepEqual(JSON.parse(serializeActive(file).toString()).reservations, [before, after, entry]);
        const [problem] = file.problems;
        assert.ok(problem && file.problems.length === 1);
        assert.equal(problem.kind, 'BAD_ENTRY');
        assert.equal(problem.path, PATH);
        assert.equal(problem.facts['entry'], 2);
        assert.match(String(problem.facts['reason']), reason);
        assert.match(problem.message, /Entry 2 /);
      });
    }

    for (const time of ['2026-02-13T22:09:00Z', '2026-02-13T22:09:00.123456Z', '2026-02-13T22:09:00+02:00']) {
      it(`${time} is a time all the same: no doubt about the instant`, () => {
        assert.equal(parseActive(JSON.stringify([reservation({ expires_at: time })]), PATH).entries.length, 1);
      });
    }
  });

  it('2,000 damaged files: each is a StoreProblem or a valid file, nothing else', () => {
    const text = `${JSON.stringify({ version: 2, reservations: [reservation(), reservation({ x: [1] })] }, null, 2)}\n`;
    const tokens = ['', '{', '}', '[', ']', '"', ',', ':', 'null', '-1e999', '\0', '\uFEFF', '\\', '__proto__', 'é'];
    const damage = fc.tuple(
      fc.nat(text.length),
      fc.nat(40),
      fc.oneof(fc.constantFrom(...tokens), fc.string({ maxLength: 5 })),
    );
    const kinds = new Set<string>();
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (damages) => {
        const damaged = damages.reduce(
          (now, [from, cut, put]) => now.slice(0, from) + put + now.slice(from + cut),
          text,
        );
        try {
          const file = parseActive(damaged, PATH);
          assert.ok(file.entries.every((entry) => entry.scope !== '' && Number.isFinite(Date.parse(entry.expires_at))));
          kinds.add(file.problems[0]?.kind ?? 'valid');
        } catch (error) {
          assert.ok(error instanceof StoreProblem, String(error));
          assert.ok(
            (PROBLEM_KINDS as readonly ProblemKind[]).includes(error.kind) &&
              error.path === PATH &&
              error.message !== '',
          );
          kinds.add(error.kind);
        }
      }),
      { numRuns: 2_000 },
    );
    for (const kind of ['valid', 'NOT_JSON', 'BAD_ENTRY']) {
      assert.ok(kinds.has(kind), `the damage never led to ${kind}: ${[...kinds]}`);
    }
  });
});

describe('parseActive and serializeActive', () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '0', 'schema', 'fence'),
  );
  /** Own properties by any name, `__proto__` too: what JSON.parse makes, and an object literal would not. */
  const extras = fc
    .array(fc.tuple(key, fc.jsonValue()))
    .map((pairs) => JSON.parse(`{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`));

  function withExtras(extra: object, known: object): string {
    const pairs = [...Object.entries(extra), ...Object.entries(known)];
    const last = new Map(pairs.map(([k, v]) => [k, v]));
    return `{${[...last].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`;
  }

  it('keep every key of the file and of each entry, whatever its name', () => {
    fc.assert(
      fc.property(extras, fc.array(extras, { maxLength: 4 }), (top, perEntry) => {
        const entries = perEntry.map((extra, index) => withExtras(extra, reservation({ scope: `s${index}` })));
        const lead = withExtras(top, {}).slice(0, -1) + (Object.keys(top).length > 0 ? ',' : '');
        const text = `${lead}"reservations":[${entries.join(',')}]}`;
        const original: unknown = JSON.parse(text);
        const rewritten = serializeActive(parseActive(text, PATH)).toString();
        assert.deepEqual(JSON.parse(rewritten), original);
        assert.equal(serializeActive(parseActive(rewritten, PATH)).toString(), rewritten);
      }),
      { numRuns: 500 },
    );
  });

  it('keep a __proto__ key as a key, and let it change nothing', () => {
    const entry = JSON.stringify(reservation()).replace('{', '{"__proto__":{"state":"released"},');
    const file = parseActive(`{"__proto__":{"polluted":1},"reservations":[${entry}]}`, PATH);
    assert.equal(file.entries[0]?.state, 'active');
    assert.equal(Reflect.get({}, 'polluted'), undefined);
    const rewritten = serializeActive(file).toString();
    assert.match(rewritten, /"__proto__": \{\s+"polluted": 1/);
    assert.match(rewritten, /"__proto__": \{\s+"state": "released"/);
  });

  it('write two-space JSON and a newline, as beadboard does', () => {
    const entry = reservation();
    const text = serializeActive({ ...NO_ACTIVE_FILE, entries: [entry] }).toString();
    assert.equal(text, `${JSON.stringify({ reservations: [entry] }, null, 2)}\n`);
  });

  it('copies what is as it was written before, and writes the same as without', () => {
    const entries = Array.from({ length: 8 }, (_, index) =>
      reservation({ reservation_id: `res_${index}`, scope: `é${'x'.repeat(index)}` }),
    );
    const textOf = (some: typeof entries) => serializeActive({ ...NO_ACTIVE_FILE, entries: some });
    fc.assert(
      fc.property(fc.subarray(entries), fc.shuffledSubarray(entries), fc.boolean(), (before, other, isOrdered) => {
        const after = isOrdered ? entries.filter((entry) => other.includes(entry)) : other;
        const written = { entries: before, bytes: textOf(before) };
        const text = serializeActive({ ...NO_ACTIVE_FILE, entries: after }, written).toString();
        assert.equal(text, `${JSON.stringify({ reservations: after }, null, 2)}\n`);
      }),
      { numRuns: 500 },
    );
  });
});
