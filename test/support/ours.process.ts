/** A process that works on a store with the product's own code. Usage: node ours.process.js ROOT, commands as in service.ts. */

import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';
import { type HeldLock, LOCK_TIMEOUT_MS, takeLock } from '../../src/store/files/lock';
import { dieAtCall } from './fsCalls';
import { guarded } from './guarded';
import { type Handlers, serve } from './service';

/** Nobody's user and group id, to which the rights of files and folders apply. */
const NOBODY = 65_534;

const store = new FileStore(process.argv[2] ?? '');
const coordination = createCoordination(store, { random: () => randomHex(4) });
let held: HeldLock | undefined;

const OPERATIONS = [
  'register',
  'list',
  'show',
  'heartbeat',
  'reserve',
  'release',
  'renew',
  'check',
  'forceRelease',
  'request',
  'status',
  'send',
  'inbox',
  'read',
  'ack',
  'doctor',
] as const satisfies readonly (keyof Coordination)[];

const operations: Handlers = Object.fromEntries(
  OPERATIONS.map((name) => [name, (args) => coordination[name](args as never)]),
);

function take(): Promise<HeldLock> {
  const deadline = performance.now() + LOCK_TIMEOUT_MS;
  return takeLock(store.paths.lock, () => performance.now() < deadline);
}

serve({
  ...operations,

  hold: async () => {
    held = await take();
  },
  drop: async () => {
    held?.assertHeld();
    await held?.release();
  },

  /** Guarded work, `times` in a row. */
  guard: async ({ times, folder }) => {
    for (let left = Number(times); left > 0; left--) {
      const lock = await take();
      await guarded(String(folder));
      lock.assertHeld();
      await lock.release();
    }
  },

  /** Takes and drops the lock, and does nothing else. */
  churn: async ({ times }) => {
    for (let left = Number(times); left > 0; left--) {
      await (await take()).release();
    }
  },

  /** Reserves `times` scopes below `prefix`, one after the other; answers the codes of the refused ones. */
  loop: async ({ times, prefix, agent }) => {
    const refused: string[] = [];
    for (let index = 0; index < Number(times); index++) {
      const answer = await coordination.reserve({ agent: String(agent), scope: `${prefix}/${index}`, bead: 'bd-1' });
      if (!answer.ok) {
        refused.push(`${answer.error.code}: ${answer.error.message}`);
      }
    }
    return refused;
  },

  /** The most memory that the process ever had, in MiB. */
  peakMemory: () => process.resourceUsage().maxRSS / 1024,

  watch: () => {
    store.watch(() => undefined);
  },

  /** Gives up root's rights, where it has them: modes of files do not bind root. */
  dropRights: () => {
    if (process.getuid?.() === 0) {
      process.setgid?.(NOBODY);
      process.setuid?.(NOBODY);
    }
  },

  /** From now on, the process is killed just before its `call`-th change of the disk. */
  dieAt: ({ call }) => dieAtCall(Number(call)),
});
