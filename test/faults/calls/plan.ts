/** What is to go wrong in one run of one operation, and the hook that makes it so. */

import { type Call, type CallKind, die, type Fault, type Hook } from './fsHooks';

export const ERRNOS = ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EMFILE'] as const;
export type Errno = (typeof ERRNOS)[number];

/** `at` counts from 1; of a failure, only calls that can fail in that way are counted. */
export type Plan =
  | { readonly do: 'nothing' }
  | { readonly do: 'kill'; readonly when: 'before' | 'half' | 'after'; readonly at: number }
  | { readonly do: 'fail'; readonly errno: Errno; readonly persistent: boolean; readonly at: number };

/** What happened in the run so far. */
export interface Progress {
  readonly calls: Call[];
  /** The call that the fault came to first. */
  hit: Call | undefined;
  failures: number;
}

/** The system calls that each error can come from; a full disk does not keep anybody from reading. */
const FAILING: Readonly<Record<Errno, readonly CallKind[]>> = {
  ENOSPC: ['openWrite', 'write', 'sync', 'close', 'change'],
  EIO: ['openRead', 'openWrite', 'read', 'write', 'sync', 'close', 'change', 'look'],
  EACCES: ['openRead', 'openWrite', 'change', 'look'],
  EROFS: ['openWrite', 'write', 'change'],
  EMFILE: ['openRead', 'openWrite'],
};

/** Removing needs no space. */
const NEEDS_NO_SPACE = new Set(['unlink', 'unlinkSync', 'rm', 'rmSync', 'rmdir', 'rmdirSync']);

export function canFail(call: Call, errno: Errno): boolean {
  return FAILING[errno].includes(call.kind) && !(errno === 'ENOSPC' && NEEDS_NO_SPACE.has(call.name));
}

export function hookFor(plan: Plan): { readonly hook: Hook; readonly progress: Progress } {
  const progress: Progress = { calls: [], hit: undefined, failures: 0 };
  let applicable = 0;

  function before(call: Call): Fault | undefined {
    progress.calls.push(call);
    if (plan.do === 'kill' && plan.when !== 'after' && progress.calls.length === plan.at) {
      return { half: plan.when === 'half', error: undefined };
    }
    if (plan.do !== 'fail' || !canFail(call, plan.errno)) {
      return undefined;
    }
    applicable++;
    if (applicable !== plan.at && !(plan.persistent && applicable > plan.at)) {
      return undefined;
    }
    progress.hit ??= call;
    progress.failures++;
    return { half: plan.errno === 'ENOSPC', error: failure(plan.errno, call) };
  }

  let completed = 0;
  return {
    progress,
    hook: {
      before,
      after: () => {
        if (plan.do === 'kill' && plan.when === 'after' && ++completed === plan.at) {
          die();
        }
      },
    },
  };
}

function failure(code: Errno, call: Call): NodeJS.ErrnoException {
  const syscall = call.name.replace(/^handle\.|Sync$/g, '');
  return Object.assign(new Error(`${code}: injected, ${syscall} '${call.path}'`), {
    code,
    syscall,
    path: call.path,
  });
}
