/** What Node is started with: lets it keep the command compiled from one call to the next, where it can (22), then goes on. */

import nodeModule, { createRequire } from 'node:module';

(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();
createRequire(__filename)('./cliMain.js');
