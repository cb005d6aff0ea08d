import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Tells a module whether it is the script that Node was started with.
 * @param {string} moduleUrl the module's `import.meta.url`
 * @returns {boolean}
 */
export function isMain(moduleUrl) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl);
}
