import assert from 'node:assert/strict';
import { filesOfPatch } from '../../../src/core/patch';
import { hookOutput, toolCallOf } from '../../../src/core/toolCall';
import { RECORDED } from '../../support/hookInputs';

describe('what a hook is told', () => {
  for (const { tool, name, form, input } of RECORDED) {
    it(`by ${tool} about ${name}`, () => {
      const call = toolCallOf(input('/projects/shop', ['src/a.ts']));
      assert.ok(call.kind === 'edit', JSON.stringify(call));
      assert.equal(call.form, form);
      assert.deepEqual(call.edit.paths, ['src/a.ts']);
      assert.equal(call.edit.cwd, '/projects/shop');
      assert.match(call.edit.session, /^[0-9a-f-]{36}$/);
    });
  }

  it('about several files is about each', () => {
    const several = RECORDED.filter(({ name }) => /multi_replace|editFiles|^apply_patch(?! \(VS)/.test(name));
    const paths = several
      .map(({ input }) => toolCallOf(input('/', ['a', 'b'])))
      .map((call) => 'edit' in call && call.edit.paths);
    assert.deepEqual(paths, [['a'], ['a', 'b'], ['a', 'b'], ['a', 'b']]);
  });

  it('about anything but an edit is let alone, a shell and a look at a file included', () => {
    for (const call of [
      { tool_name: 'Bash', tool_input: { command: 'rm src/a.ts' } },
      { tool_name: 'Read', tool_input: { file_path: 'src/a.ts' } },
      { toolName: 'bash', toolArgs: '{"command":"ls"}' },
      { toolName: 'str_replace_editor', toolArgs: { command: 'view', path: 'src/a.ts' } },
      { tool_name: 'mcp__files__write', tool_input: { path: 'src/a.ts' } },
    ]) {
      assert.deepEqual(toolCallOf(call), { kind: 'other' });
    }
  });

  it('is unclear where it is not what it should be', () => {
    for (const call of [
      undefined,
      null,
      'text',
      [],
      {},
      { tool_name: 7 },
      { tool_name: 'Write' },
      { tool_name: 'Write', tool_input: { file_path: 7 } },
      { tool_name: 'Write', tool_input: { file_path: ' ' } },
      { tool_name: 'apply_patch', tool_input: { command: 'no patch' } },
      { toolName: 'edit', toolArgs: '{"path":' },
      { toolName: 'edit', toolArgs: [] },
    ]) {
      assert.equal(toolCallOf(call).kind, 'unclear', JSON.stringify(call));
    }
  });
});

describe('the files of a patch', () => {
  it('are those of its headers, both names of a moved one, and nothing that is content', () => {
    const patch = [
      '*** Begin Patch',
      '*** Update File: src/old name.ts',
      '*** Move to: src/new.ts',
      '@@',
      ' *** Update File: context.ts',
      '+*** Add File: content.ts',
      '*** Add File: docs/a.md',
      '+x',
      '*** Delete File: docs/b.md',
      '*** Update File: docs/a.md',
      '*** End Patch',
    ];
    const files = ['src/old name.ts', 'src/new.ts', 'docs/a.md', 'docs/b.md'];
    assert.deepEqual(filesOfPatch(patch.join('\n')), files);
    assert.deepEqual(filesOfPatch(patch.join('\r\n')), files);
    assert.deepEqual(filesOfPatch('*** Begin Patch\n*** End Patch'), []);
  });
});

describe('what a hook answers', () => {
  it('is nothing, a warning, or a decision in the form of the tool', () => {
    assert.equal(hookOutput({ kind: 'pass' }, 'deny', 'nested'), '');
    assert.deepEqual(JSON.parse(hookOutput({ kind: 'warn', message: 'm' }, 'deny', 'flat')), { systemMessage: 'm' });
    const refuse = { kind: 'refuse', reason: 'r' } as const;
    assert.deepEqual(JSON.parse(hookOutput(refuse, 'ask', 'flat')), {
      permissionDecision: 'ask',
      permissionDecisionReason: 'r',
    });
    assert.deepEqual(JSON.parse(hookOutput(refuse, 'deny', 'nested')), {
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
        permissionDecisionReason: 'r',
      },
    });
  });
});
