/** The doctor of a store: runs the checks, and repairs what is named. */

import { statfs } from 'node:fs/promises';
import type { Finding, Repaired } from '../../finding';
import { asProblem, type StoreProblem } from '../../problem';
import { ensureFolder } from '../durable';
import { elapsedMs } from '../elapsed';
import { type HeldLock, LOCK_TIMEOUT_MS, takeLock } from '../lock';
import type { StorePaths } from '../paths';
import type { Moment } from '../reading';
import { activeCheck } from './activeFile';
import { agentsCheck } from './agentFiles';
import { type Check, type Done, type Found, failed, gone, outOfReach, statsOf, type Ward } from './check';
import { historyCheck } from './historyFile';
import { leftoverCheck } from './leftovers';
import { lockCheck } from './locks';
import { messagesCheck } from './messageFiles';
import { outboxCheck } from './outboxFile';
import { fileSystemCheck, linkCheck, modeCheck, putAsideCheck, reachCheck } from './surroundings';

/** In the order in which repairs are done: the lock goes first, since the others need it. */
const CHECKS: readonly Check[] = [
  reachCheck,
  linkCheck,
  lockCheck,
  activeCheck,
  agentsCheck,
  messagesCheck,
  outboxCheck,
  historyCheck,
  leftoverCheck,
  putAsideCheck,
  modeCheck,
  fileSystemCheck,
];

export interface DoctorOptions {
  readonly moment: () => Moment;
  readonly onNotice: (notice: StoreProblem) => void;
  /** The system's statfs unless told. */
  readonly fileSystemType?: ((path: string) => Promise<number>) | undefined;
}

export class Doctor {
  private readonly ward: Ward;

  constructor(
    private readonly paths: StorePaths,
    options: DoctorOptions,
  ) {
    const { moment, onNotice, fileSystemType = async (path: string) => (await statfs(path)).type } = options;
    this.ward = { paths, moment, onNotice, fileSystemType, locked: (folder, job) => this.locked(folder, job) };
  }

  /** Reads only, and takes no lock. Without a store, nothing is wrong with it. */
  async diagnose(): Promise<readonly Finding[]> {
    const found = await this.run(CHECKS);
    return [...found.values()].map((one) => one.finding);
  }

  /** Each on its own, in the order of the checks; the answers are in the order asked for. */
  async repair(ids: readonly string[]): Promise<readonly Repaired[]> {
    const answers = new Map<string, Done>();
    for (const check of CHECKS) {
      const wanted = ids.filter((id) => check.kinds.some((kind) => id.startsWith(`${kind}:`)) && !answers.has(id));
      const found = wanted.length > 0 ? await this.run([check]) : new Map<string, Found>();
      for (const id of wanted) {
        const one = found.get(id);
        if (one) {
          answers.set(id, await attempt(one));
        }
      }
    }
    return [...new Set(ids)].map((id) => ({ id, ...(answers.get(id) ?? gone(id)) }));
  }

  private async run(checks: readonly Check[]): Promise<ReadonlyMap<string, Found>> {
    const found = new Map<string, Found>();
    if ((await statsOf(this.paths.root).catch(() => null)) === undefined) {
      return found;
    }
    for (const check of checks) {
      for (const one of await this.find(check)) {
        if (!found.has(one.finding.id)) {
          found.set(one.finding.id, one);
        }
      }
    }
    return found;
  }

  /** A check that cannot go on says so in a finding, and keeps no other from looking. */
  private async find(check: Check): Promise<readonly Found[]> {
    try {
      return await check.find(this.ward);
    } catch (error) {
      return [outOfReach(this.paths, error, this.paths.root)];
    }
  }

  /** Beside the store's own queue, as another process would: what that has read is never changed under its hands. */
  private async locked<T>(folder: string, job: (lock: HeldLock) => Promise<T>): Promise<T> {
    await ensureFolder(this.paths.root, this.paths.reservations);
    await ensureFolder(this.paths.root, folder);
    const deadline = elapsedMs() + LOCK_TIMEOUT_MS;
    const lock = await takeLock(this.paths.lock, () => elapsedMs() < deadline);
    try {
      return await job(lock);
    } finally {
      // A lock that cannot be removed shows at the next caller; what was done stands.
      await lock.release().catch(() => undefined);
    }
  }
}

async function attempt({ finding, repair }: Found): Promise<Done> {
  if (!repair) {
    return { outcome: 'NO_REPAIR', message: 'Only a person can repair this.' };
  }
  try {
    return await repair();
  } catch (error) {
    const { kind, path, message, facts } = asProblem(error, finding.path, 'repair');
    return failed(message, { ...facts, cause: kind, path });
  }
}
