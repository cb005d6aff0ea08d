/** Whether this login may write in a namespace, or was admitted to read it. */

import type { ClientBase } from 'pg';

const TABLE = 'agent_reservations.reservation';

/** Asked in two steps, since who may not write anywhere may not ask where either. */
export async function mayWrite(client: ClientBase, namespaceId: number): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean; limited: boolean }>(
    `select has_table_privilege('${TABLE}', 'insert') as granted, row_security_active('${TABLE}') as limited`,
  );
  const [role] = rows;
  if (!role?.granted || !role.limited) {
    return role?.granted === true;
  }
  const writable = await client.query<{ may: boolean }>('select $1 = any (agent_reservations.writable()) as may', [
    namespaceId,
  ]);
  return writable.rows[0]?.may === true;
}
