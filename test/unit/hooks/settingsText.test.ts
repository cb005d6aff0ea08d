import assert from 'node:assert/strict';
import { type HookFormat, withHook, withoutHook } from '../../../src/hooks/settingsText';

const GROUPED: HookFormat = {
  event: 'PreToolUse',
  base: {},
  grouped: true,
  commandKey: 'command',
  allowsComments: true,
  entry: (command) => ({ matcher: 'Write', hooks: [{ type: 'command', command }] }),
  isOurs: (command) => command.startsWith('ours'),
};
const FLAT: HookFormat = {
  ...GROUPED,
  event: 'preToolUse',
  base: { version: 1 },
  grouped: false,
  commandKey: 'bash',
  entry: (bash) => ({ type: 'command', bash }),
};

function added(text: string | undefined, format = GROUPED, command = 'ours'): string {
  const outcome = withHook(text, format, command, 'settings.json');
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.data;
}

function taken(text: string, format = GROUPED): string | undefined {
  const outcome = withoutHook(text, format, 'settings.json');
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.data;
}

const THEIRS = { matcher: 'Bash', hooks: [{ type: 'command', command: 'theirs' }] };
const TEXTS: Readonly<Record<string, string>> = {
  'other keys': `${JSON.stringify({ model: 'x', permissions: { allow: ['a'] } }, null, 2)}\n`,
  'other events': `${JSON.stringify({ hooks: { PostToolUse: [THEIRS] } }, null, 2)}\n`,
  'other hooks of the event': `${JSON.stringify({ hooks: { PreToolUse: [THEIRS, THEIRS] }, z: 1 }, null, 2)}\n`,
  tabs: `${JSON.stringify({ hooks: { PreToolUse: [THEIRS] } }, null, '\t')}`,
  'four blanks': `${JSON.stringify({ a: { b: 1 }, hooks: { PreToolUse: [THEIRS] } }, null, 4)}\n`,
  'Windows line ends': `${JSON.stringify({ hooks: { PreToolUse: [THEIRS] } }, null, 2)}\n`.replaceAll('\n', '\r\n'),
  'a byte order mark': `\uFEFF${JSON.stringify({ a: 1 }, null, 2)}\n`,
  comments:
    '// first\n{\n  /* of a */ "a": 1, // behind a\n  "hooks": {\n    // why\n    "PreToolUse": [\n      { "hooks": [] } // last\n    ]\n  }\n}\n// end\n',
};

describe('the settings of a tool', () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    it(`with ${name} get the hook once, and are what they were without it`, () => {
      const once = added(text);
      assert.notEqual(once, text);
      assert.equal(added(once), once);
      assert.equal(taken(once), text);
      for (const comment of text.match(/\/\/.*|\/\*.*\*\//g) ?? []) {
        assert.ok(once.includes(comment), comment);
      }
      assert.equal(once.includes('\r\n'), text.includes('\r\n'));
    });
  }

  it('are a file of their own where there was none, and none again', () => {
    for (const [format, keys] of [
      [GROUPED, ['hooks']],
      [FLAT, ['version', 'hooks']],
    ] as const) {
      const made = added(undefined, format);
      assert.deepEqual(Object.keys(JSON.parse(made)), keys);
      assert.equal(added('\n', format), made);
      assert.equal(added(made, format), made);
      assert.equal(taken(made, format), undefined);
    }
  });

  it('keep hooks of others that are next to ours, and the file with them', () => {
    const text = `${JSON.stringify({ version: 1, hooks: { preToolUse: [{ bash: 'theirs' }] } }, null, 2)}\n`;
    assert.equal(taken(added(text, FLAT), FLAT), text);
  });

  it('get a changed line in the place of the old one, also in a group of somebody else', () => {
    const shared = {
      matcher: 'Edit',
      hooks: [
        { type: 'command', command: 'theirs' },
        { command: 'ours old', timeout: 3 },
      ],
    };
    const text = JSON.stringify({ hooks: { PreToolUse: [THEIRS, shared] } }, null, 2);
    const after = added(text);
    assert.equal(after, text.replace('ours old', 'ours'));
    assert.deepEqual(JSON.parse(taken(after) ?? ''), {
      hooks: { PreToolUse: [THEIRS, { matcher: 'Edit', hooks: [{ type: 'command', command: 'theirs' }] }] },
    });
  });

  it('with a key twice are refused, rather than told to have what no tool would read', () => {
    for (const text of ['{"hooks":{}, "hooks":{"PreToolUse":[]}}', '{"hooks":{"PreToolUse":[],"PreToolUse":[]}}']) {
      const outcome = withHook(text, GROUPED, 'ours', 'settings.json');
      assert.match(outcome.ok ? outcome.data : outcome.error.message, /"settings.json" cannot be understood: .* twice/);
    }
  });

  it('that have the hook several times keep one', () => {
    const entry = GROUPED.entry('ours');
    const text = JSON.stringify({ hooks: { PreToolUse: [entry, THEIRS, entry, entry] } });
    assert.deepEqual(JSON.parse(added(text)), { hooks: { PreToolUse: [entry, THEIRS] } });
    assert.deepEqual(JSON.parse(taken(text) ?? ''), { hooks: { PreToolUse: [THEIRS] } });
  });

  it('without our hook stay as they are', () => {
    for (const text of Object.values(TEXTS)) {
      assert.equal(taken(text), text);
    }
    assert.equal(taken('{}'), '{}');
  });

  for (const [name, text] of [
    ['cut short', '{ "hooks": {'],
    ['with a comma too many', '{ "a": 1, }'],
    ['that hold a list', '[]'],
    ['with hooks that are a list', '{ "hooks": [] }'],
    ['with an event that is no list', '{ "hooks": { "PreToolUse": {} } }'],
  ] as const) {
    it(`${name} are refused, by name`, () => {
      for (const outcome of [withHook(text, GROUPED, 'ours', 'a.json'), withoutHook(text, GROUPED, 'a.json')]) {
        assert.ok(!outcome.ok);
        assert.equal(outcome.error.code, 'INVALID_SETTINGS');
        assert.match(outcome.error.message, /^"a\.json" cannot be understood: .+mend it/);
      }
    });
  }

  it('with comments are refused where the tool itself could not read them', () => {
    const strict = { ...GROUPED, allowsComments: false };
    assert.ok(!withHook('{} // x', strict, 'ours', 'a.json').ok);
    assert.ok(withHook('{}', strict, 'ours', 'a.json').ok);
  });
});
