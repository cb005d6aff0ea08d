/** The command `agent-reservations`: the process around a call. */

import { resolve as resolvePath } from 'node:path';
import { errno } from '../store/problem';
import { EXIT } from './exitCode';
import { outputTo } from './output';
import { logLine, run } from './run';

const LONGEST_TIMER_MS = 0x7fff_ffff;
/** By POSIX, and as Windows and Node's streams say it. */
const READER_IS_GONE: ReadonlySet<string> = new Set(['EPIPE', 'EOF', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

let onClosed: () => void = () => undefined;
let isUntold = false;
const stderr = outputTo(
  2,
  () => process.stderr,
  () => undefined,
);
/**
 * Where whoever read is gone, as `head` is after its lines, there is nobody left to tell, but the call still ends with its own
 * exit code. Where the answer cannot be written, as on a full disk, a script must not take silence for it.
 */
const stdout = outputTo(
  1,
  () => process.stdout,
  (error) => {
    if (!READER_IS_GONE.has(errno(error) ?? '')) {
      isUntold = true;
      process.exitCode ||= EXIT.failed;
      stderr.write(`agent-reservations: the answer could not be written: ${(error as Error).message}.\n`);
    }
    onClosed();
  },
);

/** A folder that was deleted, as a worktree is, is known to the shell alone; what needs it says that it is gone. */
function folderHere(): string {
  try {
    return process.cwd();
  } catch {
    return resolvePath('/', process.env['PWD'] ?? '');
  }
}

function interrupted(): Promise<void> {
  // Watching the store keeps no process from ending.
  const alive = setInterval(() => undefined, LONGEST_TIMER_MS);
  return new Promise<void>((resolve) => {
    onClosed = resolve;
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  }).finally(() => clearInterval(alive));
}

/**
 * The last resort for a promise that nobody awaited. The call goes on, since its answer hangs on others: a server would
 * otherwise take the tools of an agent away with it. What is thrown instead still ends the process, as a lock that it holds
 * must not outlive it.
 */
process.on('unhandledRejection', (error) => {
  stderr.write(
    logLine(`Something failed in the background: ${error instanceof Error ? error.message : String(error)}`),
  );
});

run({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: folderHere(),
  stdin: () => process.stdin,
  stdout,
  stderr,
  interrupted,
}).then(
  (code) => {
    // Not process.exit: what was written may still be on its way into a pipe.
    process.exitCode = code || (isUntold ? EXIT.failed : EXIT.done);
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
