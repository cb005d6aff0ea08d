import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildDemo } from '../build.mjs';
import { quietSettings } from '../host/settings.mjs';
import { installVsix, startWebHost } from '../host/webHost.mjs';
import { packageExtension } from '../package.mjs';
import { makeDemoWorkspace } from './demoWorkspace.mjs';
import { outDir } from './paths.mjs';
import { providePostgres } from './postgres.mjs';
import { makeTempDir, removeTempDir, spawnTree, stopTree } from './processes.mjs';

/**
 * @typedef {object} ServerDemo
 * @property {string} address of a VS Code whose store is on a PostgreSQL server
 * @property {(what: 'kill' | 'restart') => Promise<void>} tell what becomes of that server
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a PostgreSQL server with a few reservations, and VS Code on it.
 * @returns {Promise<ServerDemo>}
 */
export async function startServerDemo() {
  await buildDemo();
  const { programs } = await providePostgres();
  const root = await makeTempDir('demo');
  const server = spawnTree(process.execPath, [join(outDir, 'demo', 'server.process.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, AGENT_RESERVATIONS_POSTGRES: programs },
  });
  const { stdin, stdout } = server;
  if (!stdin || !stdout) {
    throw new Error('The server has no pipes.');
  }
  const lines = createInterface({ input: stdout });
  const [told] = await once(lines, 'line');
  /** @type {{ url: string, password: string, namespace: string }} */
  const { url, password, namespace } = JSON.parse(told);
  const folder = join(root, 'shop');
  await makeDemoWorkspace(folder);
  const dirs = { dataDir: join(root, 'data'), extensionsDir: join(root, 'extensions') };
  await installVsix({ vsixPath: await packageExtension(join(root, 'agent-reservations.vsix')), ...dirs });
  const settings = {
    ...quietSettings,
    'agentReservations.agent': 'you',
    'agentReservations.postgres.url': url,
    'agentReservations.namespace': namespace,
  };
  const host = await startWebHost({ ...dirs, settings, env: { PGPASSWORD: password } });
  return {
    address: host.url({ folder }),
    tell: async (what) => {
      const done = once(lines, 'line');
      stdin.write(`${what}\n`);
      await done;
    },
    stop: async () => {
      await host.stop();
      stdin.end();
      await stopTree(server);
      removeTempDir(root);
    },
  };
}
