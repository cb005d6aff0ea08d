/** Stands before the extension, and leaves for the suite how long its code took until `activate` had returned, in ms. */

const { join } = require('node:path');
const { performance } = require('node:perf_hooks');

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
  return api;
};
