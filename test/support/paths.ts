import { dirname, join } from 'node:path';

/** Where the compiled tests are. The extension host is told; plain Node is started in the repository. */
export const testOut: string = process.env['AGENT_RESERVATIONS_TEST_OUT'] ?? join(process.cwd(), 'out', 'test');

export const repoRoot: string = dirname(dirname(testOut));
