/** One call of the command: its words in, an exit code out. */

import { createRequire } from 'node:module';
import { createCoordination } from '../coordination/coordination';
import { plainLines } from '../core/display';
import { envelope, refused } from '../core/envelope';
import { ownLauncher } from '../hooks/launcher';
import { findHere, findHereThatIs, PlaceError } from '../project/place';
import { randomHex } from '../store/files/durable';
import { callOf, givenTo } from './arguments';
import { EXIT, exitCodeOf } from './exitCode';
import { COMMAND, overviewHelp, verbHelp } from './help';
import { readInput } from './input';
import { openedStore, withoutSecrets } from './openedStore';
import type { Output } from './output';
import { createPage, isColoured, safeJson } from './page';
import { type Given, type Surroundings, type Told, UsageError, type Verb } from './verb';
import { allVerbs, findVerb } from './verbs';

const ID_BYTES = 4;

export interface World {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Opens standard input, for a verb that reads it. */
  stdin(): NodeJS.ReadStream;
  readonly stdout: Output;
  readonly stderr: Output;
  interrupted(): Promise<void>;
}

export async function run(world: World): Promise<number> {
  const { verb: name, words } = callOf(world.argv);
  const asked = name === 'help' ? await findVerb(words[0] ?? '') : undefined;
  if (asked) {
    world.stdout.write(verbHelp(asked));
    return EXIT.done;
  }
  if (name === undefined || name === 'help') {
    return withoutVerb(world, words);
  }
  const verb = await findVerb(name);
  if (!verb) {
    return misuse(world, undefined, `There is no verb ${JSON.stringify(name)}.`);
  }
  try {
    const given = givenTo(verb, words, world.env);
    if (given.isSet('help')) {
      world.stdout.write(verbHelp(verb));
      return EXIT.done;
    }
    return tell(world, given, await verb.run(given, await surroundings(world, verb, given)));
  } catch (error) {
    if (error instanceof UsageError || error instanceof PlaceError) {
      return misuse(world, verb, error.message);
    }
    throw error;
  }
}

async function withoutVerb({ argv, stdout, stderr }: World, words: readonly string[]): Promise<number> {
  if (words.includes('--version')) {
    stdout.write(`${ownVersion()}\n`);
    return EXIT.done;
  }
  const isAsked = argv.some((word) => word === '--help' || word === '-h' || word === 'help');
  (isAsked ? stdout : stderr).write(overviewHelp(await allVerbs()));
  return isAsked ? EXIT.done : EXIT.usage;
}

/** The package is one folder above what is built. */
function ownVersion(): string {
  const { version } = createRequire(__filename)('../package.json') as { readonly version: string };
  return version;
}

/** A call that cannot be understood. With --json it is answered like any other refusal. */
function misuse({ argv, stdout, stderr }: World, verb: Verb | undefined, message: string): number {
  const text = `${withoutSecrets(message)} See "${COMMAND} ${verb ? `${verb.name} ` : ''}--help".`;
  if (verb && argv.includes('--json')) {
    stdout.write(`${safeJson(envelope(verb.command, refused('INVALID_ARGS', text)), 2)}\n`);
  } else {
    stderr.write(`${plainLines(text)}\n`);
  }
  return EXIT.usage;
}

async function surroundings(world: World, verb: Verb, given: Given): Promise<Surroundings> {
  const { env, cwd, stdin, stdout, stderr, interrupted } = world;
  const onNotice = ({ message }: { readonly message: string }) => stderr.write(`${plainLines(message)}\n`);
  const { store, server } = await openedStore(verb, given, { env, cwd, onNotice });
  const named = { project: given.text('project'), worktree: given.text('worktree') };
  const clock = () => server?.now() ?? new Date();
  return {
    coordination: createCoordination(store, { random: () => randomHex(ID_BYTES), clock }),
    server,
    here: (mayBeGone = false) => (mayBeGone ? findHere : findHereThatIs)(cwd, named),
    agent: env['BB_AGENT']?.trim() || undefined,
    env,
    cwd,
    launcher: ownLauncher(),
    input: (mayBlock = false) => readInput(stdin, mayBlock),
    warn: (text) => stderr.written(plainLines(text)),
    log: (message) => stderr.write(logLine(message)),
    page: createPage(() => isColoured(stdout, env), clock),
    out: (text) => stdout.write(text),
    interrupted,
  };
}

/** What goes wrong beside the answer, as a line of standard error. */
export function logLine(message: string): string {
  return `agent-reservations: ${plainLines(withoutSecrets(message))}\n`;
}

function tell({ stdout, stderr, env }: World, given: Given, told: Told): number {
  const { envelope: answer, lines, isWritten = false, hasFailed = false, exitCode } = told;
  if (given.isSet('json') && !isWritten) {
    stdout.write(`${safeJson(answer, 2)}\n`);
  } else if (!answer.ok) {
    const { style } = createPage(() => isColoured(stderr, env));
    stderr.write(`${style('red', answer.error.code)}: ${plainLines(answer.error.message)}\n`);
  } else if (!isWritten) {
    stdout.write(
      lines()
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
  return exitCode ?? (hasFailed ? EXIT.failed : exitCodeOf(answer));
}
