/** The text of a git hook with the guard in it, and without. */

import { GUARD_MARK, isGuardLine } from './shell';

/** What a hook of git's that is not ours is called once the guard stands in its place. */
export const BEFORE_GUARD = '.before-guard';

const MADE_HERE = `#!/bin/sh\n# Made by "agent-reservations guard install"; "agent-reservations guard uninstall" takes it away.\n`;
const SHELL = /^#!.*\b(?:sh|bash|dash|zsh|ksh)\b/;

/** A hook of nothing but the guard. */
export function newHook(line: string): string {
  return `${MADE_HERE}${line}\n`;
}

/** A hook in the place of one that is no shell script: that one runs after the guard, as git would have run it. */
export function wrapper(line: string): string {
  return `${newHook(line)}[ ! -x "$0${BEFORE_GUARD}" ] || exec "$0${BEFORE_GUARD}" "$@"\n`;
}

export function isWrapper(text: string): boolean {
  return text.startsWith(MADE_HERE) && text.includes(`exec "$0${BEFORE_GUARD}"`);
}

/** Whether a line can be put into it that a shell will run. Without a first line that says so, git takes a shell. */
export function isShell(text: string): boolean {
  return !text.includes('\0') && !text.includes('\uFFFD') && (!text.startsWith('#!') || SHELL.test(text));
}

/** The guard comes first, so that nothing the hook does, an `exit` or an `exec`, is in its way. */
export function withGuard(text: string, line: string): string {
  const lines = text.split('\n');
  const ours = lines.findIndex(isOurs);
  if (ours >= 0) {
    lines[ours] = lines[ours]?.endsWith('\r') ? `${line}\r` : line;
    return lines.join('\n');
  }
  const end = lines[0]?.endsWith('\r') ? '\r' : '';
  lines.splice(text.startsWith('#!') ? 1 : 0, 0, line + end);
  return lines.length === 1 ? `${line}\n` : lines.join('\n');
}

/** Undefined where nothing but the guard was in it. */
export function withoutGuard(text: string): string | undefined {
  const rest = text
    .split('\n')
    .filter((line) => !isOurs(line))
    .join('\n');
  return rest === '' || rest === MADE_HERE ? undefined : rest;
}

export function hasGuard(text: string): boolean {
  return text.includes(GUARD_MARK) && text.split('\n').some(isOurs);
}

function isOurs(line: string): boolean {
  return isGuardLine(line.endsWith('\r') ? line.slice(0, -1) : line);
}
