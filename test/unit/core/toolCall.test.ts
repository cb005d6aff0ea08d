import assert from 'node:assert/strict';
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

  it('by the shell of Codex is an edit where it applies a patch', () => {
    const patch = "apply_patch <<'EOF'\n*** Begin Patch\n*** Delete File: src/a.ts\n*** End Patch\nEOF";
    const call = toolCallOf({ session_id: 's', cwd: '/shop', tool_name: 'Bash', tool_input: { command: patch } });
    assert.deepEqual(call, { kind: 'edit', form: 'nested', edit: { session: 's', cwd: '/shop', paths: ['src/a.ts'] } });
    const unknown = toolCallOf({ tool_name: 'Bash', tool_input: { command: 'apply_patch < a.patch' } });
    assert.equal(unknown.kind, 'unclear');
  });

  it('is an edit with something unclear where not all of a patch was understood', () => {
    const patch = '*** Begin Patch\n*** Delete File: a\n*** Rename File: b\n*** End Patch';
    const call = toolCallOf({ tool_name: 'apply_patch', tool_input: { command: patch } });
    assert.ok(call.kind === 'edit');
    assert.deepEqual(call.edit.paths, ['a']);
    assert.match(call.edit.unclear ?? '', /not understood: "\*\*\* Rename File: b"/);
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

describe('what a hook answers', () => {
  it('is nothing, a warning, or a decision in the form of the tool', () => {
    assert.equal(hookOutput({ kind: 'pass' }, 'deny', 'nested'), '');
    const warn = { kind: 'warn', message: 'm' } as const;
    // The person sees the message, the model the context; nothing is decided.
    assert.deepEqual(JSON.parse(hookOutput(warn, 'deny', 'flat')), { systemMessage: 'm', additionalContext: 'm' });
    assert.deepEqual(JSON.parse(hookOutput(warn, 'ask', 'nested')), {
      systemMessage: 'm',
      hookSpecificOutput: { hookEventName: 'PreToolUse', additionalContext: 'm' },
    });
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
