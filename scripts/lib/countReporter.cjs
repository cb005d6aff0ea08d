const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

/**
 * Mocha's spec reporter that also writes `{ passed, failed, skipped, failures }` to the file named in
 * AGENT_RESERVATIONS_TEST_RESULTS, so that the caller need not read numbers out of text meant for people.
 */
class CountReporter extends reporters.Spec {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const file = process.env['AGENT_RESERVATIONS_TEST_RESULTS'];
      if (file === undefined) {
        return;
      }
      const failures = this.failures.map((test) => test.fullTitle());
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      writeFileSync(file, JSON.stringify({ passed, failed, skipped, failures }));
    });
  }
}

module.exports = CountReporter;
