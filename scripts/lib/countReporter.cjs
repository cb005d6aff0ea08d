const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

/**
 * Mocha's spec reporter that also keeps `{ passed, failed, skipped, failures, running }` in the file named by
 * AGENT_RESERVATIONS_TEST_RESULTS, so that the caller need not parse text meant for people. The file is written after every
 * test: a run that is stopped halfway still shows what it had done, and which test or hook (`running`) it was in.
 */
class CountReporter extends reporters.Spec {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const file = process.env['AGENT_RESERVATIONS_TEST_RESULTS'];
    if (file === undefined) {
      return;
    }
    /** @param {string} [running] */
    const write = (running) => {
      const failures = this.failures.map((test) => test.fullTitle());
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      writeFileSync(file, JSON.stringify({ passed, failed, skipped, failures, running }));
    };
    const { EVENT_HOOK_BEGIN, EVENT_RUN_END, EVENT_TEST_BEGIN } = Runner.constants;
    for (const event of [EVENT_TEST_BEGIN, EVENT_HOOK_BEGIN]) {
      runner.on(event, (/** @type {import('mocha').Runnable} */ runnable) => write(runnable.fullTitle()));
    }
    runner.once(EVENT_RUN_END, () => write());
  }
}

module.exports = CountReporter;
