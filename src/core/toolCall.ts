/**
 * What a coding agent's hook is told before the agent uses a tool, and what the hook answers: pure. The tools send the same
 * things under different names; VS Code runs hooks that were written for others, with its own names in them.
 */

import { filesOfCommand, filesOfPatch, type PatchedFiles } from './patch';

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
  /** What of the call was not understood: it may change more than the paths. */
  readonly unclear?: string;
}

export type ToolCall =
  | { readonly kind: 'edit'; readonly form: AnswerForm; readonly edit: Edit }
  /** Nothing that changes files by name, such as reading; a shell's command is left alone, but for one that applies patches. */
  | { readonly kind: 'other' }
  | { readonly kind: 'unclear'; readonly form?: AnswerForm; readonly why: string };

export type HookAnswer =
  | { readonly kind: 'pass' }
  | { readonly kind: 'warn'; readonly message: string }
  | { readonly kind: 'refuse'; readonly reason: string };

/** What Codex calls its shell in hooks. A patch that is given to `apply_patch` there is an edit like any other. */
export const SHELL_TOOL = 'Bash';

/** The tools that change files, by all names that hooks are told; some are of older versions. */
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
  const form = isFlat ? 'flat' : 'nested';
  const input = parsed(isFlat ? call['toolArgs'] : call['tool_input']);
  const found = filesOfCall(name, input);
  if (!found) {
    return { kind: 'other' };
  }
  const { paths, unclear } = found;
  if (paths.length === 0) {
    const why = unclear ?? `The input of the tool ${JSON.stringify(name)} names no file.`;
    return { kind: 'unclear', form, why };
  }
  const session = text(call, 'session_id') ?? text(call, 'sessionId') ?? '';
  return { kind: 'edit', form, edit: { session, cwd: text(call, 'cwd') ?? '', ...found } };
}

/** Undefined for what is no edit. */
function filesOfCall(name: string, input: unknown): PatchedFiles | undefined {
  if (name === SHELL_TOOL) {
    return filesOfCommand(text(input, 'command') ?? '');
  }
  return KNOWN.has(name) && text(input, 'command') !== 'view' ? filesOf(input) : undefined;
}

/**
 * What the hook prints; nothing where the edit may go on without a word. A warning decides nothing: the context reaches the
 * model, and the message the person.
 */
export function hookOutput(answer: HookAnswer, mode: HookMode, form: AnswerForm): string {
  switch (answer.kind) {
    case 'pass':
      return '';
    case 'warn':
      return line(warning(answer.message, form));
    case 'refuse':
      return line(inForm({ permissionDecision: mode, permissionDecisionReason: answer.reason }, form));
  }
}

/** A warning of a hook, for the person and the model, without a decision. */
export function warning(message: string, form: AnswerForm): Readonly<Record<string, unknown>> {
  return { systemMessage: message, ...inForm({ additionalContext: message }, form) };
}

function inForm(fields: object, form: AnswerForm): Readonly<Record<string, unknown>> {
  return form === 'flat' ? { ...fields } : { hookSpecificOutput: { hookEventName: 'PreToolUse', ...fields } };
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function filesOf(input: unknown): PatchedFiles {
  if (typeof input === 'string') {
    return filesOfPatch(input);
  }
  const fields = record(input) ?? {};
  const named = PATH_KEYS.flatMap((key) => text(fields, key) ?? []);
  const listed = LIST_KEYS.flatMap((key) => {
    const list: readonly unknown[] = Array.isArray(fields[key]) ? fields[key] : [];
    return list.flatMap((one) => (typeof one === 'string' ? one : PATH_KEYS.flatMap((path) => text(one, path) ?? [])));
  });
  const given = [...named, ...listed];
  const patches = PATCH_KEYS.flatMap((key) => text(fields, key) ?? []).map(filesOfPatch);
  const paths = [...new Set([...given, ...patches.flatMap((patch) => patch.paths)])].filter(
    (path) => path.trim() !== '',
  );
  // Where files are named, what else there is may be called as a patch is, and be none.
  const unclear = given.length > 0 ? undefined : patches.map((patch) => patch.unclear).find((why) => why !== undefined);
  return { paths, ...(unclear === undefined ? {} : { unclear }) };
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
