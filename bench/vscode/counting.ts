/**
 * Counts what the extension makes the machine do: its files read, and how often it wakes up. It runs in the process of the
 * extension, whose bundle calls these functions by their modules' own objects.
 */

import fs from 'node:fs';

export interface Counted {
  /** Files and folders below the store that were opened or listed. */
  reads: number;
  /** Calls back from timers and from the system's notifications. */
  wakeUps: number;
}

type Calls = Record<string, (...args: unknown[]) => unknown>;

/** From now on, for what is made from now on; `code` is the folder of the extension. */
export function startCounting(store: string, code: string): Counted {
  const counted: Counted = { reads: 0, wakeUps: 0 };
  const isOurs = () => (new Error().stack ?? '').includes(`${code}/dist/`);

  const countReads = (module: Calls, ...names: readonly string[]) => {
    for (const name of names) {
      const real = module[name];
      module[name] = (...args) => {
        counted.reads += String(args[0]).startsWith(store) && isOurs() ? 1 : 0;
        return real?.apply(module, args);
      };
    }
  };
  countReads(fs as unknown as Calls, 'readFileSync', 'openSync', 'readdirSync');
  countReads(fs.promises as unknown as Calls, 'readFile', 'open', 'readdir', 'opendir');

  const countCalls = (module: Calls, name: string) => {
    const real = module[name];
    const counting = (...args: unknown[]) => {
      const ours = isOurs();
      return real?.apply(
        module,
        args.map((arg) =>
          ours && typeof arg === 'function'
            ? (...rest: unknown[]) => {
                counted.wakeUps++;
                return arg(...rest);
              }
            : arg,
        ),
      );
    };
    module[name] = Object.assign(counting, real);
  };
  countCalls(globalThis as unknown as Calls, 'setTimeout');
  countCalls(globalThis as unknown as Calls, 'setInterval');
  countCalls(fs as unknown as Calls, 'watch');
  return counted;
}
