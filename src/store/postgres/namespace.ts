/**
 * A namespace: the reservations of one team among others in the same database. Its name is known, its number is looked
 * up.
 */

import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { StoreProblem } from '../problem';
import { codeOf } from './problems';

const LONGEST_NAME = 200;
/** Hex digits of a digest that tell names apart. */
const DIGEST_LENGTH = 32;

/** SQLSTATE insufficient_privilege. */
const NO_RIGHT = '42501';

/** Only the owner makes a namespace. */
function notAdmitted(name: string, cause: unknown): StoreProblem {
  return new StoreProblem(
    'ACCESS_DENIED',
    JSON.stringify(name),
    `This user has not been admitted to the namespace ${JSON.stringify(name)}, if there is one. Have the owner of the ` +
      "database run: select agent_reservations.admit('<user>', '<namespace>', '{<agents>}');",
    { facts: { namespace: name }, cause },
  );
}

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

  /** What stands for it in a notification, which everybody can hear who has a login of the database. */
  get told(): string {
    return createHash('sha256').update(this.name).digest('hex').slice(0, DIGEST_LENGTH);
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
    try {
      await client.query('insert into agent_reservations.namespace (namespace) values ($1) on conflict do nothing', [
        this.name,
      ]);
    } catch (error) {
      throw codeOf(error) === NO_RIGHT ? notAdmitted(this.name, error) : error;
    }
    return await this.ensure(client);
  }

  /** Another server may number it otherwise. */
  forget(): void {
    this.number = undefined;
  }
}
