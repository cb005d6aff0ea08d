import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { outDir } from './paths.mjs';
import { makeTempDir, spawnTree } from './processes.mjs';

/**
 * @typedef {object} Demo
 * @property {string} root a folder that is gone when this process is
 * @property {Record<string, unknown>} settings
 * @property {() => void} startAgents
 */

/**
 * Prepares a store of its own for the demo, so that nobody's real reservations are touched.
 * @returns {Promise<Demo>}
 */
export async function prepareDemo() {
  const root = await makeTempDir('demo');
  const storeDir = join(root, 'store');
  await mkdir(storeDir);
  return {
    root,
    settings: {
      'agentReservations.agent': 'you',
      'agentReservations.storePath': storeDir,
      // Its side bar would take the room of the view that the demo is about.
      'chat.disableAIFeatures': true,
    },
    startAgents: () => startAgents(storeDir),
  };
}

/** @param {string} storeDir */
function startAgents(storeDir) {
  const script = join(outDir, 'demo', 'demo.process.js');
  if (existsSync(script)) {
    spawnTree(process.execPath, [script, '--store', storeDir], { stdio: ['ignore', 'inherit', 'inherit'] });
  }
}
