/** Messages as a store has them: some that wait for an acknowledgement, the others read. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT, BEAD } from './contender';

const AT_ONCE = 200;

/** Writes so many messages (a multiple of 200) into the folder, of which the first `waiting` wait. */
export async function fillMessages(index: string, messages: number, waiting: number): Promise<void> {
  await mkdir(index, { recursive: true });
  const at = new Date().toISOString();
  for (let from = 0; from < messages; from += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, offset) => {
        const id = `msg_20260101_000000_${(from + offset).toString(16).padStart(8, '0')}`;
        const waits = from + offset < waiting;
        return writeFile(join(index, `${id}.json`), `${JSON.stringify(messageOf(id, waits, at), null, 2)}\n`);
      }),
    );
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
