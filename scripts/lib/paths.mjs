import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder: the extension under development. */
export const repoRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where compiled tests, demo processes and screenshots go. */
export const outDir = join(repoRoot, 'out');

/** Where downloaded hosts and browsers are kept, out of git's sight. */
export const hostCacheDir = process.env['AGENT_RESERVATIONS_HOST_CACHE'] ?? join(repoRoot, '.vscode-test');
