import assert from 'node:assert/strict';
import { hasGuard, isShell, isWrapper, newHook, withGuard, withoutGuard, wrapper } from '../../../src/hooks/guardText';
import { agentHookLine, guardLine, isAgentHookLine } from '../../../src/hooks/shell';

const LINE = guardLine('pre-commit', '/opt/a b/bin/agent-reservations');

describe('the text of a hook of git', () => {
  for (const [name, text] of [
    ['a script', '#!/bin/sh\nset -e\necho theirs\n'],
    ['a script without a line end', '#!/usr/bin/env bash\nexit 0'],
    ['a script without a first line', 'npx lint-staged\n'],
    ['Windows line ends', '#!/bin/sh\r\necho theirs\r\n'],
    ['only a first line', '#!/bin/sh'],
  ] as const) {
    it(`with ${name} gets the guard once, first, and is what it was without it`, () => {
      const once = withGuard(text, LINE);
      assert.ok(hasGuard(once) && !hasGuard(text));
      assert.equal(withGuard(once, LINE), once);
      assert.equal(withoutGuard(once), text);
      assert.equal(withoutGuard(withGuard(once, guardLine('pre-commit', undefined))), text);
      if (text.includes('\n')) {
        assert.equal(withoutGuard(once.replaceAll(/\r?\n/g, '\r\n')), text.replaceAll(/\r?\n/g, '\r\n'));
      }
    });
  }

  it('of nothing but the guard is nothing without it', () => {
    assert.equal(withoutGuard(newHook(LINE)), undefined);
    assert.equal(withoutGuard(`${LINE}\n`), undefined);
    assert.ok(isWrapper(wrapper(LINE)) && !isWrapper(newHook(LINE)));
  });

  it('takes a line of shell only where a shell runs it', () => {
    for (const text of ['#!/bin/sh\n', '#!/usr/bin/env bash\n', '#!/bin/dash -e\n', '', 'echo\n']) {
      assert.ok(isShell(text), text);
    }
    for (const text of [
      '#!/usr/bin/env python3\n',
      '#!/usr/bin/env node\n',
      '\u007FELF\0',
      '\uFFFDbytes',
      '#!/usr/bin/fish\n',
    ]) {
      assert.ok(!isShell(text), text);
    }
  });
});

describe('the line of a hook', () => {
  it('is one line, whatever the path of the launcher, which a line feed in it keeps out', () => {
    for (const launcher of ["/it's/a b/bin/agent-reservations", '/a\nb/bin/agent-reservations', undefined]) {
      for (const line of [guardLine('pre-commit', launcher), guardLine('pre-push', launcher)]) {
        assert.equal(line.split(/\r|\n/).length, 1);
      }
      assert.ok(isAgentHookLine(agentHookLine('codex', 'deny', launcher), 'codex'));
    }
    assert.ok(!guardLine('pre-commit', '/opt\nb/bin/x').includes('/opt'));
  });

  it('of one tool is not taken for that of another', () => {
    const line = agentHookLine('claude-code', 'ask', undefined);
    assert.ok(!isAgentHookLine(line, 'codex'));
    assert.ok(!isAgentHookLine('theirs hooks run --for claude-code', 'claude-code'));
  });
});
