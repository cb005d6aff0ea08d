import { hasNpmBrowser, provisionBrowser, provisionWebHost } from './provision.mjs';

/**
 * Starts fetching the web host and its browser while something else runs and prints.
 * @returns {() => Promise<void>} waits for the end, printing what has been held back; rejects when it went wrong
 */
export function provisionInBackground() {
  /** @type {string[]} */
  const heldBack = [];
  let log = (/** @type {string} */ line) => {
    heldBack.push(line);
  };
  const options = { log: (/** @type {string} */ line) => log(line) };
  const ready = Promise.all([provisionWebHost(options), hasNpmBrowser ? provisionBrowser(options) : undefined]);
  // Without this a failure would end the process before anything waits for it.
  ready.catch(() => undefined);
  return async () => {
    log = console.log;
    for (const line of heldBack.splice(0)) {
      console.log(line);
    }
    await ready;
  };
}
