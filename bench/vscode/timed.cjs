/**
 * Stands before the extension, and leaves for the suite how long its code took until `activate` had returned, in ms. Where
 * AGENT_RESERVATIONS_BENCH_PROFILE names a file, a CPU profile of both is written to it with a number of its own.
 */

const { existsSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { join } = require('node:path');
const { performance } = require('node:perf_hooks');

const SAMPLE_EACH_US = 100;

const profile = process.env['AGENT_RESERVATIONS_BENCH_PROFILE'];
const session = profile === undefined ? undefined : startProfile();

const started = performance.now();
const extension = require(join(__dirname, 'dist', 'extension.js'));
const loaded = performance.now();

/**
 * @param {import('vscode').ExtensionContext} context
 * @returns {unknown}
 */
exports.activate = (context) => {
  const called = performance.now();
  const api = extension.activate(context);
  const agentReservationsActivation = { load: loaded - started, activate: performance.now() - called };
  Object.assign(globalThis, { agentReservationsActivation });
  session?.post('Profiler.stop', (_error, { profile: samples }) => {
    writeFileSync(nextFile(), JSON.stringify({ ...samples, collections: [] }));
    session.disconnect();
  });
  return api;
};

function startProfile() {
  const started = new Session();
  started.connect();
  started.post('Profiler.enable');
  started.post('Profiler.setSamplingInterval', { interval: SAMPLE_EACH_US });
  started.post('Profiler.start');
  return started;
}

/** Each activation is a process of its own. */
function nextFile() {
  for (let activation = 1; ; activation++) {
    const file = `${profile}.activation-${activation}.cpuprofile`;
    if (!existsSync(file)) {
      return file;
    }
  }
}
