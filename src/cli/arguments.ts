/** The words of a call, taken apart. */

import { parseArgs } from 'node:util';
import { type Given, type Option, UsageError, type Verb } from './verb';

/** What every verb takes. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  store: {
    value: 'WHERE',
    help: "A folder, or postgres://user@host/database; AGENT_RESERVATIONS_STORE, else beadboard's folder, unless told.",
  },
  namespace: {
    value: 'NAME',
    help: 'On a server, whose reservations; AGENT_RESERVATIONS_NAMESPACE, else the address of origin, unless told.',
  },
  json: { help: 'Print the envelope as JSON, and nothing else.' },
  help: { help: 'Show this help.' },
};

export interface Call {
  /** Undefined where no verb is named. */
  readonly verb: string | undefined;
  readonly words: readonly string[];
}

/** The verb may come after the word `agent`, as for beadboard's `bb`, and after options that every verb takes. */
export function callOf(argv: readonly string[]): Call {
  const before: string[] = [];
  const words = [...argv];
  while (words[0]?.startsWith('-')) {
    const [option] = words.splice(0, 1);
    const hasValue = option === '--store' || option === '--namespace';
    before.push(option ?? '', ...(hasValue ? words.splice(0, 1) : []));
  }
  if (words[0] === 'agent') {
    words.shift();
  }
  const verb = words[0]?.startsWith('-') ? undefined : words.shift();
  return { verb, words: [...before, ...words] };
}

/** @throws UsageError for what the verb does not know */
export function givenTo(verb: Pick<Verb, 'options' | 'rest'>, words: readonly string[], env: NodeJS.ProcessEnv): Given {
  const { values, positionals } = parsed(verb, words);
  const one = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text: one,
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    },
    isSet: (name) => values[name] === true,
    number: (name) => {
      const text = one(name);
      return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : (text as number | undefined);
    },
    actor: (name = 'agent') => {
      const agent = one(name) ?? env['BB_AGENT'];
      if (!agent?.trim()) {
        throw new UsageError(`Missing --${name}: say who you are, or set BB_AGENT.`);
      }
      return agent;
    },
    rest: positionals,
  };
}

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

function parsed({ options, rest }: Pick<Verb, 'options' | 'rest'>, words: readonly string[]): Parsed {
  const known = Object.entries({ ...options, ...COMMON_OPTIONS }).map(([name, { value, many }]) => [
    name,
    {
      type: value === undefined ? ('boolean' as const) : ('string' as const),
      multiple: many === true,
      ...(name === 'help' ? { short: 'h' } : {}),
    },
  ]);
  try {
    const args = { args: [...words], options: Object.fromEntries(known), allowPositionals: rest !== undefined };
    const { values, positionals, tokens } = parseArgs({ ...args, tokens: true });
    const other = tokens.find(
      (token) =>
        token.kind === 'option' && options[token.name]?.value !== undefined && !isKept(values, token.name, token.value),
    );
    if (other?.kind === 'option') {
      throw new UsageError(`Option '--${other.name}' is given more than once, and takes one value here.`);
    }
    return { values, positionals };
  } catch (error) {
    if (error instanceof UsageError) {
      throw error;
    }
    // The first sentence says what is wrong; Node's advice after it is not about this command.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split(/(?<=['"])\. |\n/);
    const [, option] = /^Option '(?:-\w, )?(--[\w-]+).*' argument is ambiguous/.exec(sentence) ?? [];
    throw new UsageError(
      option === undefined
        ? `${sentence.replace(/\.$/, '')}.`
        : `Option '${option}' has no value, or one that begins with "-": write that one as ${option}=-….`,
    );
  }
}

/** Of several values of an option that takes one, the last would count, and the others be passed over in silence. */
function isKept(values: Readonly<Record<string, unknown>>, name: string, value: string | undefined): boolean {
  return Array.isArray(values[name]) || values[name] === value;
}
