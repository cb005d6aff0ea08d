/**
 * One scenario in a process of its own, for scripts/soak.mjs: some replace functions of this very process, and one that
 * hangs or crashes must not take the others with it. Usage: node soak.process.js list | run NAME SEED DEADLINE
 *
 * The answer is one line of JSON on stdout.
 */

import { SCENARIOS } from './scenarios';

async function answer([what, name = '', seed, deadline]: readonly string[]): Promise<object> {
  if (what === 'list') {
    return Object.entries(SCENARIOS).map(([key, { scenario, share, controls }]) => ({
      name: key,
      title: scenario.name,
      share,
      controls,
    }));
  }
  const entry = SCENARIOS[name];
  if (what !== 'run' || !entry) {
    throw new Error(`no such scenario: ${name}`);
  }
  return await entry.scenario.run({ seed: Number(seed), deadline: Number(deadline), rounds: Number.MAX_SAFE_INTEGER });
}

answer(process.argv.slice(2)).then(
  (value) => process.stdout.write(`${JSON.stringify(value)}\n`, () => process.exit(0)),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
