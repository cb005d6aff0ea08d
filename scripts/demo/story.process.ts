/**
 * One agent of the story that `npm run demo` tells. It is a process of its own, does all by the command, and knows of the
 * others only what the store says. Each line that it prints is a part of the story, as JSON.
 *
 *     node out/demo/story.process.js ROLE, with AGENT_RESERVATIONS_STORE and DEMO_CLI in the environment
 */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CheckData } from '../../src/core/check';
import { operations } from './scene';

export interface Part {
  readonly agent: string;
  readonly says?: string;
  readonly command?: string;
  readonly output?: string;
}

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

interface Message {
  readonly message_id: string;
  readonly category: string;
  readonly state: string;
}

const STORE = process.env['AGENT_RESERVATIONS_STORE'] ?? '';
const CLI = process.env['DEMO_CLI'] ?? '';
const [ROLE = ''] = process.argv.slice(2);
/** How long an agent waits for another to do its part. */
const PATIENCE_MS = 30_000;

const roles: Readonly<Record<string, () => Promise<void>>> = {
  /** A night's work that was never finished: an agent that is gone, as it would have been two hours ago. */
  'nightly-docs': async () => {
    const past = operations(STORE, 150);
    await past.register({ name: ROLE, role: 'docs' });
    await past.reserve({ agent: ROLE, scope: 'docs/guide.md', bead: 'bd-47', ttl: 60, project: process.cwd() });
    tell({ says: 'reserved docs/guide.md two and a half hours ago for one hour, and has not been seen since.' });
  },

  'claude-auth': async () => {
    await does(`register --name ${ROLE} --role backend`);
    tell({ says: 'works on the login, and says so before it changes anything.' });
    await does(`reserve --scope 'src/auth/**' --bead bd-41 --ttl 30`);
    const [request] = await awaits('BLOCKED');
    tell({ says: 'is asked to hurry: it finishes, hands the work on, and releases.' });
    await does(`ack --message ${request?.message_id}`);
    await does(
      "send --to copilot-docs --bead bd-41 --category HANDOFF --subject 'Login is done' --body 'Please document src/auth.'",
    );
    await does(`release --all`);
  },

  'codex-api': async () => {
    await does(`register --name ${ROLE} --role backend`);
    await holds('claude-auth', 'src/auth/login.ts');
    tell({ says: 'needs one file of it, and is told who has it before it overwrites anything.' });
    await does('reserve --scope src/auth/login.ts --bead bd-44 --ttl 30', 3);
    await does("request --scope src/auth/login.ts --reason 'The routes need the new login'");
    tell({ says: 'waits, without asking again and again.' });
    await does('reserve --scope src/auth/login.ts --bead bd-44 --ttl 30 --wait 30');
    await does('release --all');
  },

  'copilot-docs': async () => {
    await does(`register --name ${ROLE} --role docs`);
    tell({ says: 'wants to go on with the guide, which nobody has released.' });
    await does('reserve --scope docs/guide.md --bead bd-47', 3);
    tell({ says: 'sees that its time is over, and takes it over on purpose.' });
    await does('reserve --scope docs/guide.md --bead bd-47 --takeover-stale');
    const [handoff] = await awaits('HANDOFF');
    tell({ says: 'is handed the login, and confirms that it has read so.' });
    await does(`read --message ${handoff?.message_id}`);
    await does(`ack --message ${handoff?.message_id}`);
    await does('release --all');
  },
};

/** Runs a command as a person would type it, and shows what it printed. Any other exit code than these ends the story. */
async function does(line: string, ...codes: readonly number[]): Promise<void> {
  const { code, output } = await run(words(line));
  tell({ command: `agent-reservations ${line}`, output });
  const expected = codes.length > 0 ? codes : [0];
  if (code === null || !expected.includes(code)) {
    throw new Error(`"${line}" ended with ${code}, not with ${expected.join(' or ')}.`);
  }
}

/** Until there is an unread message of that kind to this agent. */
function awaits(category: string): Promise<readonly Message[]> {
  return until(async () => {
    const inbox = await data<readonly Message[]>(['inbox', '--state', 'unread', '--json']);
    return inbox.filter((message) => message.category === category);
  });
}

/** Until the other one holds the file. Only looks: to ask for the status would sweep away what is expired. */
async function holds(agent: string, file: string): Promise<void> {
  await until(async () => {
    const { paths } = await data<CheckData>(['check', file, '--json']);
    return paths.flatMap(({ held_by }) => held_by).filter(({ agent_id }) => agent_id === agent);
  });
}

/** Looks whenever the store changes, until there is something. */
async function until<T>(look: () => Promise<readonly T[]>): Promise<readonly T[]> {
  const watch = spawn(process.execPath, [CLI, 'watch'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const timer = setTimeout(() => watch.kill(), PATIENCE_MS);
  try {
    for await (const _event of createInterface({ input: watch.stdout })) {
      const found = await look();
      if (found.length > 0) {
        return found;
      }
    }
    throw new Error(`${ROLE} waited in vain.`);
  } finally {
    clearTimeout(timer);
    watch.kill();
  }
}

async function data<T>(args: readonly string[]): Promise<T> {
  const { output } = await run(args);
  const envelope = JSON.parse(output) as { ok: boolean; data: T; error: { message: string } | null };
  if (!envelope.ok) {
    throw new Error(envelope.error?.message);
  }
  return envelope.data;
}

function run(args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, BB_AGENT: ROLE };
    const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trimEnd() }));
  });
}

/** The words of a command line that holds no more than plain words and words in single quotes. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

function tell(part: Omit<Part, 'agent'>): void {
  process.stdout.write(`${JSON.stringify({ agent: ROLE, ...part })}\n`);
}

async function main(): Promise<void> {
  const play = roles[ROLE];
  if (!play || !STORE || !CLI) {
    throw new Error(`Usage: story.process.js ${Object.keys(roles).join('|')}`);
  }
  await play();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
