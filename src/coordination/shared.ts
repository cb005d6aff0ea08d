/** Readings that many callers wait for at once. */

/**
 * One reading for all who ask for the same key while another one is under way. It begins after they have asked, so that it
 * sees what they have stored.
 */
export function shared<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<unknown>>();
  const next = new Map<string, Promise<T>>();
  const begin = (key: string): Promise<T> => {
    next.delete(key);
    const reading = read(key);
    const done = reading.then(
      () => running.delete(key),
      () => running.delete(key),
    );
    running.set(key, done);
    return reading;
  };
  return (key) => {
    const before = running.get(key);
    if (!before) {
      return begin(key);
    }
    const waiting = next.get(key) ?? before.then(() => begin(key));
    next.set(key, waiting);
    return waiting;
  };
}
