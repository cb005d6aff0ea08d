/**
 * Fills a throw-away store and lets several agents work on it, each in a process of its own, until interrupted.
 *
 *     node out/demo/demo.process.js --store DIR [--project DIR]
 */

import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { work } from '../../src/extension/demo/agentAtWork';
import { CAST, operations, seed } from './scene';

const { values } = parseArgs({
  options: { store: { type: 'string' }, project: { type: 'string' }, agent: { type: 'string' } },
});
const { store, project, agent } = values;

async function main(): Promise<void> {
  if (!store) {
    throw new Error('Usage: demo.process.js --store DIR [--project DIR]');
  }
  const role = CAST.find(({ id }) => id === agent);
  if (role) {
    process.on('disconnect', () => process.exit(0));
    await work({ operations: operations(store), role, place: { project } });
    return;
  }
  await seed(store, project);
  const args = ['--store', store, ...(project ? ['--project', project] : [])];
  const children = CAST.map(({ id }) => fork(__filename, [...args, '--agent', id], { stdio: 'inherit' }));
  const stop = () => {
    for (const child of children) {
      child.kill();
    }
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
  console.log('The demo agents are at work.');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
