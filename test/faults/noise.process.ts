/** A process that writes in a store's folders as fast as it can, as an agent gone wild would. Commands as in service.ts. */

import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reservation } from '../support/samples';
import { serve } from '../support/service';

serve({
  /** Replaces the active file by one with a reservation of the scope `scope-N`, for each N. Four events each. */
  replace: ({ path, from, to }) => {
    for (let number = Number(from); number <= Number(to); number++) {
      const entry = reservation({ scope: `scope-${number}`, expires_at: '2999-01-01T00:00:00.000Z' });
      writeFileSync(`${path}.tmp`, JSON.stringify({ reservations: [entry] }));
      renameSync(`${path}.tmp`, String(path));
    }
  },

  /** Makes and removes files that tell nobody anything. Three events each. */
  litter: ({ folder, times }) => {
    for (let index = 0; index < Number(times); index++) {
      const path = join(String(folder), `.lock.${index}.ready`);
      writeFileSync(path, 'x');
      unlinkSync(path);
    }
  },
});
