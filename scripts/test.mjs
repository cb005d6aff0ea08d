import { join } from 'node:path';
import { buildDemo, buildExtension, buildTests } from './build.mjs';
import { provisionInBackground } from './host/background.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { outDir } from './lib/paths.mjs';
import { stages } from './lib/stages.mjs';
import { packageExtension } from './package.mjs';

/** @typedef {{ name: string, passed: number, failed: number, seconds: number }} Row */

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`No such stage: ${unknown.join(', ')}. There are: ${Object.keys(stages).join(', ')}.`);
  process.exit(2);
}
const chosen = Object.entries(stages).filter(([name]) => asked.length === 0 || asked.includes(name));

await ensureInstalled();
const webHostReady = chosen.some(([, stage]) => stage.needsWebHost) ? provisionInBackground() : undefined;
const names = ['build', ...Object.keys(stages)];
/** @type {Row[]} */
const rows = [];
const built = chosen.some(([, stage]) => stage.compiled) ? await build() : true;

/** @type {import('./lib/stages.mjs').Lane[]} */
const laneNames = ['processes', 'server', 'window'];
const lanes = laneNames
  .map((name) => chosen.filter(([, stage]) => stage.lane === name))
  .filter((lane) => lane.length > 0);
await Promise.all(lanes.map(runLane));
rows.sort((left, right) => names.indexOf(left.name) - names.indexOf(right.name));

report();

/**
 * Runs stages one after another. Where there is another lane, what a stage prints is shown when it is over, as a whole.
 * @param {typeof chosen} lane
 * @returns {Promise<void>}
 */
async function runLane(lane) {
  for (const [name, stage] of lane) {
    if (stage.compiled && !built) {
      continue;
    }
    const isAlone = lanes.length === 1;
    /** @type {string[]} */
    const printed = [];
    console.log(isAlone ? `\n── ${name} ──` : `(${name} runs)`);
    await measure(name, async () => {
      if (stage.needsWebHost) {
        await webHostReady?.();
      }
      return await stage.run(isAlone ? undefined : (text) => printed.push(text));
    });
    if (!isAlone) {
      console.log(`\n── ${name} ──\n${printed.join('')}`);
    }
  }
}

/** @returns {Promise<boolean>} whether there is something to test */
async function build() {
  await measure('build', async () => {
    await buildExtension({ production: true });
    await buildTests();
    await buildDemo();
    if (chosen.some(([name]) => name === 'ui')) {
      // Now, since to pack is to build: what other stages run must not change under them.
      await packageExtension(join(outDir, 'tested.vsix'));
    }
    return { passed: 0, failed: 0 };
  });
  return rows.every((row) => row.failed === 0);
}

/**
 * @param {string} name
 * @param {() => Promise<import('./lib/stages.mjs').Counts>} run
 * @returns {Promise<void>}
 */
async function measure(name, run) {
  const started = Date.now();
  let counts = { passed: 0, failed: 1 };
  try {
    counts = await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  rows.push({ name, ...counts, seconds: (Date.now() - started) / 1000 });
}

function report() {
  console.log('\nstage      passed  failed  seconds');
  for (const { name, passed, failed, seconds } of rows) {
    const cells = [String(passed).padStart(6), String(failed).padStart(6), seconds.toFixed(1).padStart(7)];
    console.log(`${name.padEnd(9)}  ${cells.join('  ')}`);
  }
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
