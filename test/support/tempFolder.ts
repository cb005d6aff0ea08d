import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** Names of all files and folders below, slash-separated and sorted. */
export function listBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .sort();
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
