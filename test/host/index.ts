import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { repoRoot, testOut } from '../support/paths';
import { PATIENCE_MS } from '../support/patience';

const mark = '[suite] ';

/** Runs every test of this folder. VS Code calls it in its extension host and fails the run when it rejects. */
export async function run(): Promise<void> {
  // VS Code writes its own log to the same console; the mark tells the lines of this suite from it.
  Mocha.reporters.Base.consoleLog = (...line: unknown[]) => console.log(mark + format(...line));
  const { total, failures } = await runMocha().catch((error: unknown) => {
    console.log(mark + format(error));
    throw error;
  });
  if (total === 0) {
    throw new Error('No test was found to run.');
  }
  if (failures > 0) {
    throw new Error(`${failures} of ${total} tests failed.`);
  }
}

function runMocha(): Promise<{ total: number; failures: number }> {
  return new Promise((resolve) => {
    const mocha = new Mocha({
      ui: 'bdd',
      timeout: 2 * PATIENCE_MS,
      forbidOnly: true,
      forbidPending: true,
      reporter: join(repoRoot, 'scripts', 'lib', 'countReporter.cjs'),
    });
    const hostTests = join(testOut, 'host');
    // Only scripts/testOldest.mjs leaves any out, and says why.
    const left = (process.env['AGENT_RESERVATIONS_TEST_WITHOUT'] ?? '').split(' ');
    for (const name of readdirSync(hostTests, { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.test.js') && !left.includes(name.slice(0, -'.test.js'.length))) {
        mocha.addFile(join(hostTests, name));
      }
    }
    leaveErrorsOfOthers();
    const runner = mocha.run((failures) => resolve({ total: runner.total, failures }));
  });
}

type Uncaught = { _uncaught(this: Mocha.Runner, error: unknown): void };

/**
 * All extensions share one process, and what VS Code's own do not catch reaches Mocha, which takes it for the failure of
 * the test that runs just then. It is printed instead; what has passed through code of ours fails the test as before.
 */
function leaveErrorsOfOthers(): void {
  const runner = Mocha.Runner.prototype as unknown as Uncaught;
  const judge = runner._uncaught;
  runner._uncaught = function (error) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const isOurs = [join(repoRoot, 'dist'), testOut].some((folder) => stack.includes(folder));
    if (/[\\/]extensions[\\/]git[\\/]/.test(stack) && !isOurs) {
      console.log(`${mark}(VS Code's Git extension: ${String(error)})`);
    } else {
      judge.call(this, error);
    }
  };
}
