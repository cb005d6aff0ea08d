/**
 * What a coding agent's hook is told before the agent uses a tool, and what the hook answers: pure. The tools send the same
 * things under different names; VS Code runs hooks that were written for others, with its own names in them.
 */

import { filesOfPatch } from './patch';

/** The coding agents that hooks can be installed for. */
export const CODING_TOOLS = ['claude-code', 'copilot', 'codex'] as const;
export type CodingTool = (typeof CODING_TOOLS)[number];

/** What becomes of an edit of what another holds: refused, or put to the person. */
export const HOOK_MODES = ['deny', 'ask'] as const;
export type HookMode = (typeof HOOK_MODES)[number];

/** How the answer is laid out: `nested` in `hookSpecificOutput`, or `flat` as Copilot's command line wants it. */
export type AnswerForm = 'nested' | 'flat';

export interface Edit {
  /** The tool's own id of its session; '' where it sends none. */
  readonly session: string;
  /** The folder that relative paths are meant from; '' where it sends none. */
  readonly cwd: string;
  /** What is about to be changed, as the agent names it. */
  readonly paths: readonly string[];
}

export type ToolCall =
  | { readonly kind: 'edit'; readonly form: AnswerForm; readonly edit: Edit }
  /** Nothing that changes files by name, such as reading; a shell's command is left alone. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unclear'; readonly why: string };

export type HookAnswer =
  | { readonly kind: 'pass' }
  | { readonly kind: 'warn'; readonly message: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/** The tools that change files, by all names that hooks are told. */
export const EDIT_TOOLS = {
  claude: ['Write', 'Edit', 'MultiEdit', 'NotebookEdit'],
  copilot: ['create', 'edit', 'str_replace_editor', 'apply_patch'],
  vscode: [
    'create_file',
    'replace_string_in_file',
    'multi_replace_string_in_file',
    'insert_edit_into_file',
    'edit_notebook_file',
    'createFile',
    'editFiles',
  ],
} as const;

const KNOWN: ReadonlySet<string> = new Set(Object.values(EDIT_TOOLS).flat());
const PATH_KEYS = ['file_path', 'filePath', 'notebook_path', 'path'];
const LIST_KEYS = ['files', 'replacements', 'edits'];
const PATCH_KEYS = ['command', 'input', 'patch'];

/** Understands the JSON that a tool gives its hook. */
export function toolCallOf(value: unknown): ToolCall {
  const call = record(value);
  if (!call) {
    return { kind: 'unclear', why: 'The input of the hook is no JSON object.' };
  }
  const isFlat = typeof call['toolName'] === 'string';
  const name = text(call, isFlat ? 'toolName' : 'tool_name');
  if (name === undefined) {
    return { kind: 'unclear', why: 'The input of the hook names no tool.' };
  }
  const input = parsed(isFlat ? call['toolArgs'] : call['tool_input']);
  if (!KNOWN.has(name) || text(input, 'command') === 'view') {
    return { kind: 'other' };
  }
  const paths = pathsOf(input);
  return paths.length === 0
    ? { kind: 'unclear', why: `The input of the tool ${JSON.stringify(name)} names no file.` }
    : {
        kind: 'edit',
        form: isFlat ? 'flat' : 'nested',
        edit: {
          session: text(call, 'session_id') ?? text(call, 'sessionId') ?? '',
          cwd: text(call, 'cwd') ?? '',
          paths,
        },
      };
}

/** What the hook prints; nothing where the edit may go on without a word. */
export function hookOutput(answer: HookAnswer, mode: HookMode, form: AnswerForm): string {
  switch (answer.kind) {
    case 'pass':
      return '';
    case 'warn':
      return line({ systemMessage: answer.message });
    case 'refuse': {
      const decision = { permissionDecision: mode, permissionDecisionReason: answer.reason };
      return line(form === 'flat' ? decision : { hookSpecificOutput: { hookEventName: 'PreToolUse', ...decision } });
    }
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function pathsOf(input: unknown): readonly string[] {
  if (typeof input === 'string') {
    return filesOfPatch(input);
  }
  const fields = record(input);
  if (!fields) {
    return [];
  }
  const named = PATH_KEYS.flatMap((key) => text(fields, key) ?? []);
  const listed = LIST_KEYS.flatMap((key) => {
    const list: readonly unknown[] = Array.isArray(fields[key]) ? fields[key] : [];
    return list.flatMap((one) => (typeof one === 'string' ? one : PATH_KEYS.flatMap((path) => text(one, path) ?? [])));
  });
  const patched = PATCH_KEYS.flatMap((key) => filesOfPatch(text(fields, key) ?? ''));
  return [...new Set([...named, ...listed, ...patched].filter((path) => path.trim() !== ''))];
}

/** Copilot has sent the arguments as an object, and as JSON in a string. */
function parsed(input: unknown): unknown {
  if (typeof input === 'string' && input.trimStart().startsWith('{')) {
    try {
      return JSON.parse(input);
    } catch {
      return input;
    }
  }
  return input;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function text(value: unknown, key: string): string | undefined {
  const field = record(value)?.[key];
  return typeof field === 'string' ? field : undefined;
}
