/** What a process takes beside Node itself: pairs, since a machine is never quiet. */

import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median, spread, timed } from './stats';

export interface Paired {
  /** ms of Node with nothing to do, of the call, and of the call beyond the Node of its pair: medians. */
  readonly node: number;
  readonly whole: number;
  readonly beyond: number;
  /** The bare medians, and how far apart the middle half lies. */
  readonly note: string;
}

export type Options = Omit<SpawnSyncOptionsWithStringEncoding, 'encoding'>;

export async function inPairs(name: string, pairs: number, call: () => void): Promise<Paired> {
  const times = { node: [] as number[], whole: [] as number[], beyond: [] as number[] };
  for (let pair = 0; pair < pairs; pair++) {
    const node = await timed(() => run(process.execPath, ['-e', '0']));
    const whole = await timed(call);
    times.node.push(node);
    times.whole.push(whole);
    times.beyond.push(whole - node);
  }
  const inWords = (what: keyof typeof times) =>
    `${median(times[what]).toFixed(1)} ms, spread ${(100 * spread(times[what])).toFixed(0)} %`;
  return {
    node: median(times.node),
    whole: median(times.whole),
    beyond: median(times.beyond),
    note: `${name}: whole ${inWords('whole')}; node ${inWords('node')}; beyond ${inWords('beyond')}`,
  };
}

/** Answers what it printed. @throws where it fails */
export function run(file: string, args: readonly string[], options: Options = {}): string {
  const { status, stdout, stderr } = spawnSync(file, args, { ...options, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${file} ${args.join(' ')} failed: ${stderr}`);
  }
  return stdout;
}

/** The command as it is built for release. */
export function commandPath(): string {
  return join(process.env['BENCH_DIST'] ?? '', 'cli.js');
}
