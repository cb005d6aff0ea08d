/** What a call of the command takes beyond Node itself: pairs, since a machine is never quiet. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare } from '../contenders/all';
import type { Row } from '../row';
import { median, timed } from '../stats';

const PAIRS = 40;

export const cli: Row = {
  name: 'status --json over node -e 0',
  unit: 'ms',
  target: { ms: { most: 40 } },
  async run(context) {
    const root = await context.folder('cli');
    await prepare('ours', root, 36);
    const command = join(process.env['BENCH_DIST'] ?? '', 'cli.js');
    const beyond: number[] = [];
    const bare: number[] = [];
    for (let pair = 0; pair < PAIRS; pair++) {
      const node = await timed(() => run(['-e', '0']));
      const whole = await timed(() => run([command, 'status', '--json', '--store', root]));
      bare.push(node);
      beyond.push(whole - node);
    }
    const ours = median(beyond);
    return { ours, peers: { 'node -e 0': median(bare) }, ratio: { ms: ours } };
  },
};

function run(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(stderr);
  }
}
