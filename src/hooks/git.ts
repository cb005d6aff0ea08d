/** Git itself, asked by its command: what is staged and what is pushed only git can tell. */

import { execFile } from 'node:child_process';

const MOST_BYTES = 64 * 1024 * 1024;

export class GitError extends Error {
  constructor(
    /** Null where git could not be run or was stopped. */
    readonly code: number | null,
    message: string,
  ) {
    super(message);
    this.name = 'GitError';
  }
}

export interface GitOptions {
  readonly cwd: string;
  /** Git is stopped when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What git prints. Rejects with a {@link GitError} where it fails. */
export function git(args: readonly string[], { cwd, signal }: GitOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    // Names are bytes; what is no UTF-8 in them is replaced, and folders above them still tell who holds them.
    const options = { cwd, encoding: 'utf8', maxBuffer: MOST_BYTES, windowsHide: true, ...(signal ? { signal } : {}) };
    execFile('git', args, options as { encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error) {
        const code = typeof error.code === 'number' ? error.code : null;
        reject(new GitError(code, stderr.trim() || error.message));
      } else {
        resolve(stdout);
      }
    });
  });
}

/** The parts of what git prints with `-z`. */
export function parts(printed: string): readonly string[] {
  return printed.split('\0').filter((part) => part !== '');
}

/**
 * What a commit would change, from the root of the worktree. Without telling renames, so that both names of one are there.
 * In a merge, what is as one of its sides has it is not this commit's doing.
 */
export async function stagedFiles(options: GitOptions): Promise<readonly string[]> {
  const against = async (...commit: readonly string[]) =>
    parts(await git(['diff', '--cached', '--name-only', '--no-renames', '--no-relative', '-z', ...commit], options));
  const [staged, merged] = await Promise.all([
    against(),
    git(['rev-parse', '--verify', '--quiet', 'MERGE_HEAD'], options).then(
      () => against('MERGE_HEAD'),
      () => undefined,
    ),
  ]);
  return merged ? staged.filter((file) => merged.includes(file)) : staged;
}

const NO_COMMIT = /^0+$/;

/**
 * The files of the commits that a push brings to a remote for the first time.
 *
 * @param refs what git tells its pre-push hook: lines of local name and commit, remote name and commit
 */
export async function pushedFiles(refs: string, options: GitOptions): Promise<readonly string[]> {
  const updates = refs.split('\n').flatMap((line) => {
    const [, local = '', , remote = ''] = line.trim().split(' ');
    return /^[0-9a-f]+$/.test(local) && !NO_COMMIT.test(local) ? [{ local, remote }] : [];
  });
  const there = await Promise.all(
    updates.map(async ({ remote }) => {
      const isKnown = /^[0-9a-f]+$/.test(remote) && !NO_COMMIT.test(remote) && (await hasCommit(remote, options));
      return isKnown ? [remote] : [];
    }),
  );
  if (updates.length === 0) {
    return [];
  }
  const commits = updates.map(({ local }) => local);
  // Of a merge, what is as one of its sides has it came from there.
  const log = ['log', '--format=', '--name-only', '--no-renames', '--no-relative', '-c', '-z'];
  return [...new Set(parts(await git([...log, ...commits, '--not', ...there.flat(), '--remotes', '--'], options)))];
}

async function hasCommit(commit: string, options: GitOptions): Promise<boolean> {
  return await git(['cat-file', '-e', `${commit}^{commit}`], options).then(
    () => true,
    () => false,
  );
}
