/**
 * Counts what the extension makes the machine do: its files read, and how often it wakes up. It runs in the process of the
 * extension, whose bundle calls these functions by their modules' own objects.
 */

import fs from 'node:fs';
import Module from 'node:module';
import { sep } from 'node:path';

export interface Counted {
  /** Files and folders below the store that were opened or listed, in this order. */
  readonly paths: string[];
  /** Calls back from timers and from the system's notifications. */
  wakeUps: number;
}

type Calls = Record<string, (...args: unknown[]) => unknown>;

/** From now on, for the store in that folder or below it. */
export function countReads(store: string): Counted {
  const counted: Counted = { paths: [], wakeUps: 0 };
  const count = (module: Calls, ...names: readonly string[]) => {
    for (const name of names) {
      const real = module[name];
      module[name] = (...args) => {
        const path = String(args[0]);
        if (path === store || path.startsWith(store + sep)) {
          counted.paths.push(path);
        }
        return real?.apply(module, args);
      };
    }
  };
  count(fs as unknown as Calls, 'openSync', 'readdirSync');
  count(fs.promises as unknown as Calls, 'open', 'readFile', 'readdir', 'opendir');
  return counted;
}

/** What a bundle asks for when it is loaded anew, in this order: each is a question to Node and to VS Code. */
export function modulesAskedFor(bundle: string): readonly string[] {
  const loader = Module as unknown as Calls;
  const real = loader['_load'];
  const asked: string[] = [];
  loader['_load'] = (...args) => {
    const [name, parent] = args as [string, { readonly filename?: string } | undefined];
    if (parent?.filename === bundle) {
      asked.push(name);
    }
    return real?.apply(loader, args);
  };
  const load = Module.createRequire(bundle);
  const loaded = load.cache[bundle];
  try {
    delete load.cache[bundle];
    load(bundle);
    return asked;
  } finally {
    loader['_load'] = real as Calls[string];
    load.cache[bundle] = loaded;
  }
}

/** From now on, for timers and watchers that the extension in the folder `code` makes from now on. */
export function countWakeUps(counted: Counted, code: string): void {
  // The caller, behind this function and the one that counts.
  const isOurs = () => (new Error().stack?.split('\n')[3] ?? '').includes(`${code}/dist/`);
  const count = (module: Calls, name: string) => {
    const real = module[name];
    const counting = (...args: unknown[]) => {
      const ours = isOurs();
      return real?.apply(
        module,
        args.map((arg) => (ours && typeof arg === 'function' ? counts(arg as Calls[string]) : arg)),
      );
    };
    module[name] = Object.assign(counting, real);
  };
  const counts =
    (call: Calls[string]) =>
    (...rest: unknown[]) => {
      counted.wakeUps++;
      return call(...rest);
    };
  count(globalThis as unknown as Calls, 'setTimeout');
  count(globalThis as unknown as Calls, 'setInterval');
  count(fs as unknown as Calls, 'watch');
}
