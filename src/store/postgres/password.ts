/** Passwords that stand in no address: from where every client of PostgreSQL takes them. */

import pgpass from 'pgpass';

interface Wanted {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
}

/** That of PGPASSWORD, or of the file `.pgpass` (PGPASSFILE names another one); undefined where neither has one. */
export function customaryPassword(wanted: Wanted): Promise<string | undefined> {
  const told = process.env['PGPASSWORD'];
  return told ? Promise.resolve(told) : new Promise((resolve) => pgpass(wanted, resolve));
}
