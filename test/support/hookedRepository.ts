/** A repository whose git runs the built command in its hooks, with nothing of the person's who runs the tests. */

import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Called } from './cli';
import { repoRoot } from './paths';

const BIN = join(repoRoot, 'bin');

export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs programs with the given home and store, and the command on their PATH where `hasCommand`. */
export class Surroundings {
  constructor(
    readonly home: string,
    readonly store: string,
    readonly hasCommand = true,
  ) {
    mkdirSync(home, { recursive: true });
  }

  get env(): NodeJS.ProcessEnv {
    const {
      BB_AGENT: _agent,
      CLAUDE_CONFIG_DIR: _claude,
      CODEX_HOME: _codex,
      COPILOT_HOME: _copilot,
      ...rest
    } = process.env;
    const node = dirname(process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath);
    const author = { NAME: 'Dana', EMAIL: 'dana@example.org' };
    return {
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => !/^(?:GIT_|AGENT_RESERVATIONS_)/.test(name))),
      PATH: [...(this.hasCommand ? [BIN] : []), node, process.env['PATH']].join(delimiter),
      HOME: this.home,
      GIT_CONFIG_GLOBAL: join(this.home, '.gitconfig'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: author.NAME,
      GIT_AUTHOR_EMAIL: author.EMAIL,
      GIT_COMMITTER_NAME: author.NAME,
      GIT_COMMITTER_EMAIL: author.EMAIL,
      AGENT_RESERVATIONS_STORE: this.store,
      // On a busy machine the command alone may take longer than the default of two seconds to start.
      AGENT_RESERVATIONS_GUARD_TIMEOUT: '60',
    };
  }

  async run(file: string, args: readonly string[], { cwd, env = {}, input }: RunOptions): Promise<Called> {
    const options: SpawnOptions = { cwd, env: { ...this.env, ...env }, stdio: 'pipe' };
    const child = spawn(file, args, options);
    let [out, err] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      err += text;
    });
    // Who does not read its input may be gone before it is written.
    child.stdin?.on('error', () => undefined).end(input ?? '');
    const [code] = await once(child, 'close');
    return { code, out, err };
  }

  git(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Called> {
    return this.run('git', args, { cwd, env });
  }
}

/** Writes a file with the folders above it. */
export function put(file: string, text: string | Uint8Array, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}
