/** What a call of the command takes beyond Node itself. */

import { prepare } from '../contenders/all';
import { commandPath, inPairs, run } from '../pairs';
import type { Row } from '../row';

const PAIRS = 17;

export const cli: Row = {
  name: 'status --json over node -e 0',
  unit: 'ms',
  target: { ms: { most: 40 } },
  async run(context) {
    const root = await context.folder('cli');
    await prepare('ours', root, 36);
    const command = commandPath();
    const { node, beyond, note } = await inPairs('status', PAIRS, () =>
      run(process.execPath, [command, 'status', '--json', '--store', root]),
    );
    return { ours: beyond, peers: { 'node -e 0': node }, ratio: { ms: beyond }, notes: [note] };
  },
};
