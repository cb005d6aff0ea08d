/**
 * The line of shell that tools and git are given to run. It outlives the folder that the command is in, whose name changes
 * with each version of the extension: so it looks for the command where it is run, and lets everything through where it
 * finds none. It is one word for `sh`, whatever shell it is handed to, and has no apostrophe of its own in it.
 */

import { basename, dirname } from 'node:path';
import { type CodingTool, type HookMode, warning } from '../core/toolCall';

/** What VS Code calls the folder of this extension, before the version. */
const EXTENSION_FOLDER = 'agent-reservations.agent-reservations';

/** By name; where it was when the hook was installed ($1); another version beside that ($2); any that VS Code has. */
const CANDIDATES = [
  '"$(command -v agent-reservations)"',
  '"$1"',
  `"\${2:-/dev/null}"-*/bin/agent-reservations`,
  `"$HOME"/.vscode*/extensions/${EXTENSION_FOLDER}-*/bin/agent-reservations`,
].join(' ');

const WITHOUT_COMMAND = 'agent-reservations was not found: what others hold was not checked.';

export type GitHook = 'pre-commit' | 'pre-push';

/** What is in a line of ours, and in none of anybody else's. */
export const GUARD_MARK = '# agent-reservations guard';

/** For a coding agent's settings. It ends with 0 whatever happens: some tools refuse the edit otherwise. */
export function agentHookLine(tool: CodingTool, mode: HookMode, launcher: string | undefined): string {
  const run = `"$c" hooks run --for ${tool}${mode === 'deny' ? '' : ` --mode ${mode}`}`;
  const answer = JSON.stringify(warning(WITHOUT_COMMAND, tool === 'copilot' ? 'flat' : 'nested'));
  const warn = `printf "%s\\n" "${answer.replaceAll('"', '\\"')}"`;
  if (tool !== 'codex') {
    return withSh(`${found(`${run}; exit 0`)}; ${warn}; exit 0`, launcher);
  }
  // Codex asks before each command of its shell, and few of them apply a patch: no Node is started for the others.
  const filter = 'i=$(cat); case "$i" in *apply_patch*|*applypatch*) ;; *) exit 0;; esac';
  return withSh(`${filter}; ${found(`printf "%s" "$i" | ${run}; exit 0`)}; ${warn}; exit 0`, launcher);
}

/** Whether it is a line that {@link agentHookLine} made for this tool, of whatever version. */
export function isAgentHookLine(line: string, tool: CodingTool): boolean {
  return line.includes('agent-reservations') && new RegExp(` hooks run --for ${tool}(?![\\w-])`).test(line);
}

/**
 * For a hook of git, to stand anywhere before what else it does. Only the refusal itself (3) stops git; no failure of the
 * command does. The comment at its end takes in the carriage return of a file with Windows line ends.
 */
export function guardLine(hook: GitHook, launcher: string | undefined): string {
  const call = `"$c" guard run --hook ${hook}; [ $? -ne 3 ]; exit`;
  const script = `[ "$AGENT_RESERVATIONS_BYPASS" = 1 ] && exit 0; ${found(call)}; echo "${WITHOUT_COMMAND}" >&2; exit 0`;
  const guard = withSh(script, launcher);
  if (hook === 'pre-commit') {
    return `${guard} || exit 1 ${GUARD_MARK}`;
  }
  // What git tells about the push can be read once only, and the hook that was here wants it too.
  const refs = 'agent_reservations_refs';
  return (
    `${refs}=$(mktemp) && cat >"$${refs}" && { ${guard} <"$${refs}" || { rm -f "$${refs}"; exit 1; }; ` +
    `exec <"$${refs}"; rm -f "$${refs}"; } ${GUARD_MARK}`
  );
}

/** Without a carriage return or a line feed at its end. */
export function isGuardLine(line: string): boolean {
  return line.endsWith(` ${GUARD_MARK}`);
}

function found(call: string): string {
  return `for c in ${CANDIDATES}; do [ -f "$c" ] && [ -x "$c" ] && { ${call}; }; done`;
}

function withSh(script: string, launcher: string | undefined): string {
  const words = ['sh', '-c', quoted(script), 'agent-reservations'];
  // A path with a line feed would make two lines of it.
  if (launcher !== undefined && !/[\r\n\0]/.test(launcher)) {
    const folder = dirname(dirname(launcher));
    const isVersioned = basename(folder).startsWith(`${EXTENSION_FOLDER}-`);
    words.push(quoted(launcher), ...(isVersioned ? [quoted(`${dirname(folder)}/${EXTENSION_FOLDER}`)] : []));
  }
  return words.join(' ');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
