/** The launcher of this very installation: a script that finds a Node, and runs the command with it. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Undefined where there is none. What is built is one folder below the package, whose `bin` has it. */
export function ownLauncher(): string | undefined {
  const launcher = join(dirname(__dirname), 'bin', 'agent-reservations');
  return existsSync(launcher) ? launcher : undefined;
}
