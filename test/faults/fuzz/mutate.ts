/** Damages real content as disks, editors and other programs do, and as nobody does: bytes, lines, values. */

import type { Random } from '../random';

/** Texts that parsers, paths and prototypes trip over. */
const TOKENS = [
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '0',
  '-1',
  '1e400',
  '[[[[[[[[[[[[[[[[',
  '"__proto__":{"state":"active"},',
  '"constructor":1,',
  '"scope":"",',
  '"agent_id":"../../x",',
  '"expires_at":"2026-02-30T99:99:99Z",',
  '"expires_at":"9999-12-31T23:59:59.999Z",',
  '"message_id":"../active",',
  '\uFEFF',
  '\0',
  '\n',
  '\r\n',
  '\u2028',
  '\\u0000',
  '\\ud800',
  '\ud83d\ude00',
  '}{',
  '],[',
  ',,',
  '"',
  '\\',
];

/** What may stand in the place of any value. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  ' ',
  'x'.repeat(5_000),
  '../../etc',
  'agent-b',
  'active',
  'expired',
  'acked',
  '2026-02-13T22:09:00.000Z',
  '2026-02-13T22:09:00',
  '9999-12-31T23:59:59.999Z',
  '-271821-04-20T00:00:00.000Z',
  'not a time',
  [],
  {},
  [[]],
  { reservations: [] },
];

const INVALID_UTF8 = [0xff, 0xc0, 0xed, 0xa0, 0x80, 0x00];

export function mutate(content: Buffer, random: Random): Buffer {
  let bytes = content;
  for (let left = 1 + random.below(3); left > 0; left--) {
    bytes = random.pick([cut, flip, drop, repeat, insert, insertByte, changeValue, changeValue, swapLines])(
      bytes,
      random,
    );
  }
  return bytes;
}

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const cut: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));

const flip: Mutation = (bytes, random) => {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) {
    const at = random.below(copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  }
  return copy;
};

const drop: Mutation = (bytes, random) => {
  const [from, to] = range(bytes, random);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
};

const repeat: Mutation = (bytes, random) => {
  const [from, to] = range(bytes, random);
  return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
};

const insert: Mutation = (bytes, random) => insertAt(bytes, random, Buffer.from(random.pick(TOKENS)));

const insertByte: Mutation = (bytes, random) => insertAt(bytes, random, Buffer.from([random.pick(INVALID_UTF8)]));

const swapLines: Mutation = (bytes, random) => {
  const lines = bytes.toString('latin1').split('\n');
  const [left, right] = [random.below(lines.length), random.below(lines.length)];
  [lines[left], lines[right]] = [lines[right] ?? '', lines[left] ?? ''];
  return Buffer.from(lines.join('\n'), 'latin1');
};

/** Of the whole file or of one of its lines, whichever is JSON; bytes that are neither are left to the others. */
const changeValue: Mutation = (bytes, random) => {
  const text = bytes.toString('utf8');
  const whole = parsed(text);
  if (whole !== undefined) {
    return Buffer.from(`${JSON.stringify(changed(whole, random), null, random.pick([0, 2]))}\n`);
  }
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const value = parsed(lines[at] ?? '');
  return value === undefined ? bytes : Buffer.from(lines.with(at, JSON.stringify(changed(value, random))).join('\n'));
};

/** One value somewhere inside is replaced, removed or doubled. */
function changed(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.1)) {
    return random.pick(VALUES);
  }
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    if (at === value.length || random.chance(0.2)) {
      return value.toSpliced(at, random.below(2), value[random.below(value.length)] ?? random.pick(VALUES));
    }
    return value.with(at, changed(value[at], random));
  }
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const [key, inner] = entries[at] ?? [random.pick(['extra', '__proto__', 'toString', '']), random.pick(VALUES)];
  const others = entries.filter((_, index) => index !== at);
  return random.chance(0.15)
    ? Object.fromEntries(others)
    : Object.fromEntries([...others, [key, at < entries.length ? changed(inner, random) : inner]]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function range(bytes: Buffer, random: Random): readonly [number, number] {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + 1 + random.below(60))];
}

function insertAt(bytes: Buffer, random: Random, what: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
}
