import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './patience';

/** A new empty folder for each test of the enclosing `describe`, removed after it whatever its modes are by then. */
export function useTempFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'agent-reservations-test-')));
  });
  afterEach(() => {
    openUp(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return () => folder;
}

/** Names of all files and folders below, slash-separated and sorted; without what a store keeps for its next lock. */
export function listBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => !isKeptReady(name))
    .sort();
}

/** The ready file of a process that lives: it is gone a moment later, which a test of its own shows. */
export function isKeptReady(name: string): boolean {
  const [, pid] = /(?:^|\/)\.lock\.(\d+)\.[0-9a-f]+\.ready$/.exec(name) ?? [];
  if (pid === undefined) {
    return false;
  }
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when no store keeps anything in `folder` for its next lock. */
export async function untilIdle(root: string): Promise<void> {
  const folder = join(root, 'reservations');
  await eventually('nothing is kept', () => !(existsSync(folder) && readdirSync(folder).some(isKeptReady)));
}

/** Gives this user back what a test has closed: a folder that cannot be read cannot be removed either. */
function openUp(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    chmodSync(folder, 0o700);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) {
        openUp(join(folder, entry.name));
      }
    }
  }
}
