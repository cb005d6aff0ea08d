/** The command `agent-reservations`: the process around a call. */

import { outputTo } from './output';
import { run } from './run';

const LONGEST_TIMER_MS = 0x7fff_ffff;

/** Whoever read the output is gone, as `head` is after its lines: there is nobody left to tell. */
let onClosed: () => void = () => process.exit();
const stdout = outputTo(
  1,
  () => process.stdout,
  () => onClosed(),
);
const stderr = outputTo(
  2,
  () => process.stderr,
  () => undefined,
);

function interrupted(): Promise<void> {
  // Watching the store keeps no process from ending.
  const alive = setInterval(() => undefined, LONGEST_TIMER_MS);
  return new Promise<void>((resolve) => {
    onClosed = resolve;
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  }).finally(() => clearInterval(alive));
}

run({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: () => process.stdin,
  stdout,
  stderr,
  interrupted,
}).then(
  (code) => {
    // Not process.exit: what was written may still be on its way into a pipe.
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
