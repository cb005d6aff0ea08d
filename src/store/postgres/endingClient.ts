/** A connection that is given up where it does not come about: `pg` leaves its socket open, which keeps the process. */

import { Client } from 'pg';

type Connected = ((error: Error) => void) | ((error: null, client: Client) => void);

export class EndingClient extends Client {
  override connect(): Promise<this>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<this> | undefined {
    if (!callback) {
      return new Promise((resolve, reject) => {
        this.connect((error: Error | null) => (error ? reject(error) : resolve(this)));
      });
    }
    // At once, as `pg` calls back: an error may follow in the very same moment, and has to find who listens.
    super.connect(((error: Error | null, client: Client) => {
      if (error) {
        // The types do not know it.
        (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      }
      (callback as (error: Error | null, client: Client) => void)(error, client);
    }) as Connected);
    return undefined;
  }
}
