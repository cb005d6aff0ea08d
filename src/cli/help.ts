/** The help of the command and of each verb. */

import { COMMON_OPTIONS } from './arguments';
import type { Option, Verb } from './verb';

export const COMMAND = 'agent-reservations';

export function overviewHelp(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  return [
    `Usage: ${COMMAND} VERB [OPTIONS]`,
    '',
    'Reserve files for an agent, see who holds what, and exchange messages about it.',
    '',
    ...verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `"${COMMAND} VERB --help" shows the options of a verb, with an example.`,
    'BB_AGENT says who you are. With --json the answer is JSON.',
    'Exit codes: 0 done, 1 failed, 2 wrong call, 3 conflict: held by somebody else, or not yours.',
    '',
  ].join('\n');
}

export function verbHelp(verb: Verb): string {
  return [
    `Usage: ${COMMAND} ${verb.name} [OPTIONS]${verb.rest ? ` ${verb.rest}` : ''}`,
    '',
    verb.summary,
    '',
    ...optionLines({ ...verb.options, ...COMMON_OPTIONS }),
    ...(verb.notes ? ['', ...verb.notes] : []),
    '',
    'Example:',
    `  ${COMMAND} ${verb.example}`,
    '',
  ].join('\n');
}

function optionLines(options: Readonly<Record<string, Option>>): readonly string[] {
  const rows = Object.entries(options).map(([name, { value, many, help }]) => ({
    left: `--${name}${value === undefined ? '' : ` ${value}`}${many ? ' …' : ''}`,
    help,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`);
}
