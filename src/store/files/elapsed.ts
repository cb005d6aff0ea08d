/** Time that only ever goes on. */

/**
 * ms since the process began, by a clock that nobody can set: a wall clock that jumps must not end a wait. Not
 * `performance.now()`, which a short-lived process would first have to load.
 */
export function elapsedMs(): number {
  return process.uptime() * 1000;
}
