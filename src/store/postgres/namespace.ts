/**
 * A namespace: the reservations of one team among others in the same database. Its name is known, its number is looked
 * up.
 */

import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { StoreProblem } from '../problem';

const LONGEST_NAME = 200;
/** So much of a name goes into a notification; of a longer one, its digest. */
const LONGEST_TOLD = 64;

export class Namespace {
  private number: number | undefined;

  /** @throws StoreProblem INVALID_CONNECTION */
  constructor(readonly name: string) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in it
    if (name === '' || name.length > LONGEST_NAME || /[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(name)) {
      throw new StoreProblem(
        'INVALID_CONNECTION',
        JSON.stringify(name),
        `${JSON.stringify(name.slice(0, LONGEST_NAME))} is no namespace: give a name of 1 to ${LONGEST_NAME} ` +
          'characters, without control characters.',
        { facts: { namespace: name } },
      );
    }
  }

  /** Its name in a notification. */
  get told(): string {
    return this.name.length <= LONGEST_TOLD ? this.name : createHash('sha256').update(this.name).digest('hex');
  }

  /** Its number in the database, or undefined where nothing has been stored under it. */
  async find(client: ClientBase): Promise<number | undefined> {
    if (this.number === undefined) {
      const { rows } = await client.query<{ id: number }>(
        'select namespace_id as id from agent_reservations.namespace where namespace = $1',
        [this.name],
      );
      this.number = rows[0]?.id;
    }
    return this.number;
  }

  /** The same, and makes it where it is not there yet. */
  async ensure(client: ClientBase): Promise<number> {
    const found = await this.find(client);
    if (found !== undefined) {
      return found;
    }
    await client.query('insert into agent_reservations.namespace (namespace) values ($1) on conflict do nothing', [
      this.name,
    ]);
    return await this.ensure(client);
  }

  /** Another server may number it otherwise. */
  forget(): void {
    this.number = undefined;
  }
}
