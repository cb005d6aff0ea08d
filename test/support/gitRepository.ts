/** A Git repository for tests, whatever the settings of the person who runs them. */

import { execFileSync } from 'node:child_process';

const AUTHOR = ['-c', 'user.name=Dana', '-c', 'user.email=dana@example.org', '-c', 'commit.gpgsign=false'];

export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', [...AUTHOR, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Makes the folder a repository, with everything in it committed. */
export function makeRepository(folder: string): void {
  git(folder, 'init', '--quiet');
  commitAll(folder);
}

export function commitAll(folder: string): void {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'All of it');
}
