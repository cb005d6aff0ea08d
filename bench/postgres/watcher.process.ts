/** Follows a store, and says of each scope that appears when it was told and when it had read it. */

import { FileStore } from '../../src/store/files/fileStore';
import { openPostgresStore } from '../../src/store/postgres/postgresStore';
import type { StoreReader } from '../../src/store/store';
import { inBackground } from '../../src/util/background';

export interface Seen {
  readonly scopes: readonly string[];
  /** ns, which all processes of a machine count from the same moment on. */
  readonly told: string;
  readonly read: string;
}

const [, , kind = '', root = ''] = process.argv;
const store: StoreReader = kind === 'postgres' ? openPostgresStore({ url: root }) : new FileStore(root);
let known = new Set<string>();
let isReading = false;
let wasTold: string | undefined;

async function read(): Promise<void> {
  if (isReading) {
    return;
  }
  isReading = true;
  while (wasTold !== undefined) {
    const told = wasTold;
    wasTold = undefined;
    const { records } = await store.readActive();
    const read = String(process.hrtime.bigint());
    const scopes = records.map(({ scope }) => scope);
    process.send?.({ scopes: scopes.filter((scope) => !known.has(scope)), told, read } satisfies Seen);
    known = new Set(scopes);
  }
  isReading = false;
}

function tell(): void {
  wasTold ??= String(process.hrtime.bigint());
  inBackground(read(), (error) => {
    console.error(error);
    process.exit(1);
  });
}

store.watch(tell);
tell();
// Both let the process end.
setInterval(() => undefined, 60_000);
process.once('disconnect', () => process.exit());
