import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDemoWorkspace } from './demoWorkspace.mjs';
import { outDir } from './paths.mjs';
import { makeTempDir, spawnTree } from './processes.mjs';

/**
 * @typedef {object} Demo
 * @property {string} root a folder that is gone when this process is
 * @property {string} folder what to open
 * @property {Record<string, unknown>} settings
 * @property {() => void} startAgents
 */

/**
 * Prepares a store and a project of its own for the demo, so that nobody's real reservations and files are touched.
 * @returns {Promise<Demo>}
 */
export async function prepareDemo() {
  const root = await makeTempDir('demo');
  const storeDir = join(root, 'store');
  const folder = join(root, 'shop');
  await mkdir(storeDir);
  await makeDemoWorkspace(folder);
  return {
    root,
    folder,
    settings: {
      'agentReservations.agent': 'you',
      'agentReservations.storePath': storeDir,
      // Its side bar would take the room of the view that the demo is about.
      'chat.disableAIFeatures': true,
    },
    startAgents: () => startAgents(storeDir, folder),
  };
}

/**
 * @param {string} storeDir
 * @param {string} project
 */
function startAgents(storeDir, project) {
  const script = join(outDir, 'demo', 'demo.process.js');
  if (existsSync(script)) {
    spawnTree(process.execPath, [script, '--store', storeDir, '--project', project], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
}
