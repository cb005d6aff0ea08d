/** Messages as a store has them: some that wait for an acknowledgement, the others read. */

import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT, BEAD } from './contender';

/** Writes so many messages into the folder, of which the first `waiting` wait: each at once, which is quicker than many together. */
export async function fillMessages(index: string, messages: number, waiting: number): Promise<void> {
  await mkdir(index, { recursive: true });
  const at = new Date().toISOString();
  for (let number = 0; number < messages; number++) {
    const id = `msg_20260101_000000_${number.toString(16).padStart(8, '0')}`;
    writeFileSync(join(index, `${id}.json`), `${JSON.stringify(messageOf(id, number < waiting, at), null, 2)}\n`);
  }
}

function messageOf(id: string, waits: boolean, at: string) {
  return {
    message_id: id,
    thread_id: `bead:${BEAD}`,
    bead_id: BEAD,
    from_agent: 'another-agent',
    to_agent: AGENT,
    category: waits ? 'BLOCKED' : 'INFO',
    subject: 'What is to be done',
    body: 'The routes are done; the tests of the login are next. '.repeat(4),
    state: waits ? 'unread' : 'read',
    requires_ack: waits,
    created_at: at,
    read_at: waits ? null : at,
    acked_at: null,
  };
}
