/** A connection that is given up where it does not come about: `pg` leaves its socket open, which keeps the process. */

import { Client } from 'pg';

export class EndingClient extends Client {
  override connect(): Promise<this>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: Client) => void)): void;
  override connect(
    callback?: ((error: Error) => void) | ((error: null, client: Client) => void),
  ): Promise<this> | undefined {
    const connected = super.connect().then(
      () => this,
      (error: unknown) => {
        // The types do not know it.
        (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
        throw error;
      },
    );
    if (!callback) {
      return connected;
    }
    connected.then(
      (client) => (callback as (error: null, client: Client) => void)(null, client),
      callback as (error: Error) => void,
    );
    return undefined;
  }
}
