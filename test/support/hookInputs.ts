/**
 * What coding agents write to their hooks before they edit files, in the forms of each tool: as its public documentation and
 * source tell, and as others have recorded it (docs/agents.md says where that was read).
 */

const SESSION = '8c35adc1-0d3b-4f4e-9b3a-0b7f6d3c2a11';

export interface Recorded {
  readonly tool: 'claude-code' | 'copilot' | 'codex';
  readonly name: string;
  readonly form: 'nested' | 'flat';
  /** The files of the call are the given ones. */
  input(cwd: string, paths: readonly [string, ...string[]]): Record<string, unknown>;
}

function claude(name: string, toolInput: (path: string) => Record<string, unknown>): Recorded {
  return {
    tool: 'claude-code',
    name,
    form: 'nested',
    input: (cwd, [path]) => ({
      session_id: SESSION,
      transcript_path: `/home/dana/.claude/projects/-projects-shop/${SESSION}.jsonl`,
      cwd,
      permission_mode: 'default',
      hook_event_name: 'PreToolUse',
      tool_name: name,
      tool_input: toolInput(path),
      tool_use_id: 'toolu_01DUx7wTq5Xk8mC9bYp2rVfA',
    }),
  };
}

function copilot(name: string, toolArgs: (path: string) => unknown): Recorded {
  return {
    tool: 'copilot',
    name,
    form: 'flat',
    input: (cwd, [path]) => ({
      sessionId: SESSION,
      timestamp: 1_770_629_400_000,
      cwd,
      toolName: name,
      toolArgs: toolArgs(path),
    }),
  };
}

function vscode(name: string, toolInput: (paths: readonly string[]) => Record<string, unknown>): Recorded {
  return {
    tool: 'copilot',
    name: `${name} (VS Code)`,
    form: 'nested',
    input: (cwd, paths) => ({
      timestamp: '2026-02-09T10:30:00.000Z',
      cwd,
      sessionId: SESSION,
      hookEventName: 'PreToolUse',
      transcript_path: '/home/dana/.config/Code/User/workspaceStorage/1/transcript.json',
      tool_name: name,
      tool_input: toolInput(paths),
      tool_use_id: 'tool-123',
    }),
  };
}

export function patchOf(paths: readonly string[]): string {
  const files = paths.flatMap((path, index) =>
    index % 2 === 0 ? [`*** Update File: ${path}`, '@@', '-old', '+new'] : [`*** Add File: ${path}`, '+hello'],
  );
  return ['*** Begin Patch', ...files, '*** End Patch', ''].join('\n');
}

export const RECORDED: readonly Recorded[] = [
  claude('Write', (file_path) => ({ file_path, content: 'hi' })),
  claude('Edit', (file_path) => ({ file_path, old_string: 'a', new_string: 'b', replace_all: false })),
  claude('MultiEdit', (file_path) => ({ file_path, edits: [{ old_string: 'a', new_string: 'b' }] })),
  claude('NotebookEdit', (notebook_path) => ({ notebook_path, cell_id: 'c1', new_source: 'x', edit_mode: 'replace' })),
  copilot('create', (path) => ({ path, file_text: 'hi' })),
  copilot('edit', (path) => ({ path, old_str: 'a', new_str: 'b' })),
  copilot('str_replace_editor', (path) => ({ command: 'str_replace', path, old_str: 'a', new_str: 'b' })),
  copilot('edit', (path) => JSON.stringify({ path, old_str: 'a', new_str: 'b' })),
  copilot('apply_patch', (path) => patchOf([path])),
  {
    tool: 'copilot',
    name: 'Edit (PascalCase event)',
    form: 'nested',
    input: (cwd, [path]) => ({
      hook_event_name: 'PreToolUse',
      session_id: SESSION,
      timestamp: '2026-02-09T10:30:00.000Z',
      cwd,
      tool_name: 'Edit',
      tool_input: { path, old_str: 'a', new_str: 'b' },
    }),
  },
  vscode('create_file', ([filePath]) => ({ filePath, content: 'hi' })),
  vscode('replace_string_in_file', ([filePath]) => ({ filePath, oldString: 'a', newString: 'b' })),
  vscode('multi_replace_string_in_file', (paths) => ({
    explanation: 'x',
    replacements: paths.map((filePath) => ({ filePath, oldString: 'a', newString: 'b' })),
  })),
  vscode('insert_edit_into_file', ([filePath]) => ({ filePath, code: 'x', explanation: 'x' })),
  vscode('edit_notebook_file', ([filePath]) => ({ filePath, editType: 'edit', cellId: '1', newCode: 'x' })),
  vscode('editFiles', (files) => ({ files })),
  vscode('apply_patch', (paths) => ({ input: patchOf(paths), explanation: 'x' })),
  {
    tool: 'codex',
    name: 'apply_patch',
    form: 'nested',
    input: (cwd, paths) => ({
      session_id: '019f6690-01a1-7ae2-9483-e97a7f9e4df8',
      turn_id: '1',
      transcript_path: null,
      cwd,
      hook_event_name: 'PreToolUse',
      model: 'gpt-5.2-codex',
      permission_mode: 'default',
      tool_name: 'apply_patch',
      tool_input: { command: patchOf(paths) },
      tool_use_id: 'call-apply-patch',
    }),
  },
];
