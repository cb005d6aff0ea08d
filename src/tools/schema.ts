/**
 * The arguments of tools. A schema says what type each has, and tells models the limits; what lies outside of them is for the
 * rules to refuse, with their own codes and words.
 */

import * as z from 'zod/mini';
import { quoted } from '../core/input';

type Limits = Readonly<Record<string, unknown>>;

export function text(description: string, limits: Limits = {}) {
  return z.string().check(z.meta({ description, ...limits }));
}

export function texts(description: string, limits: Limits = {}) {
  return z.array(z.string()).check(z.meta({ description, ...limits }));
}

export function wholeNumber(description: string, minimum: number, maximum: number) {
  return z.number().check(z.meta({ description, type: 'integer', minimum, maximum }));
}

export function flag(description: string) {
  return z.boolean().check(z.meta({ description }));
}

export function oneOf(values: readonly string[], description: string) {
  return text(description, { enum: values });
}

export const AGENT = z.optional(
  text(
    'Your own agent id. May be left out where the surroundings say who you are (BB_AGENT, or the person in VS Code).',
  ),
);

export const FOLDER = z.optional(
  text('A folder of the project and worktree that you mean, absolute. Unless given, the one that you are working in.'),
);

export const SCOPES_ARE =
  'A scope is a file, folder or pattern (*, **, ?, {a,b}) from the root of the worktree, such as "src/auth/**"; a folder ' +
  'covers what is below it.';

/** What of the arguments is wrong, each by its name. */
export function sayIssues(issues: readonly z.core.$ZodIssue[]): string {
  return issues.map(sayIssue).join(' ');
}

function sayIssue(issue: z.core.$ZodIssue): string {
  const name = quoted(issue.path.join('.'));
  switch (issue.code) {
    case 'unrecognized_keys':
      return `There is no argument ${issue.keys.map((key) => quoted(key)).join(', ')}.`;
    case 'invalid_type':
      return issue.path.length === 0
        ? 'The arguments must be an object.'
        : `Argument ${name} is missing, or not of type ${issue.expected}.`;
    default:
      return `Argument ${name} is not valid.`;
  }
}
