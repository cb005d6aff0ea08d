import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { repoRoot, testOut } from '../support/paths';

/** Runs every test of this folder. VS Code calls it in its extension host and fails the run when it rejects. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 20_000,
    forbidOnly: true,
    forbidPending: true,
    reporter: join(repoRoot, 'scripts', 'lib', 'countReporter.cjs'),
  });
  // VS Code writes its own log to the same console.
  Mocha.reporters.Base.consoleLog = (...line: unknown[]) => console.log(`[suite] ${format(...line)}`);
  const hostTests = join(testOut, 'host');
  for (const name of readdirSync(hostTests, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.test.js')) {
      mocha.addFile(join(hostTests, name));
    }
  }
  let total = 0;
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    total = runner.total;
  });
  if (total === 0) {
    throw new Error('No test was found to run.');
  }
  if (failures > 0) {
    throw new Error(`${failures} of ${total} tests failed.`);
  }
}
