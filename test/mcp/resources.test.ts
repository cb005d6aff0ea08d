/** What can be read and followed by MCP. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { StatusData } from '../../src/coordination/reservations';
import type { Message } from '../../src/core/message';
import { Command } from '../support/cli';
import { type Connection, useConnections } from '../support/mcp';
import { untilHolds } from '../support/patience';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

const RESERVATIONS = 'agent-reservations://reservations';
const MESSAGES = 'agent-reservations://messages';

describe('the resources of the MCP server', () => {
  const temp = useTempFolder();
  const connect = useConnections();
  let store: string;
  let command: Command;

  beforeEach(() => {
    store = seedStore(join(temp(), 'store'));
    command = new Command(store, temp());
  });
  afterEach(() => command.end());

  async function read<T>({ client }: Connection, uri: string): Promise<T> {
    const [content] = (await client.readResource({ uri })).contents;
    assert.ok(content && 'text' in content && content.mimeType === 'application/json');
    return JSON.parse(content.text);
  }

  const reserve = ['reserve', '--agent', 'agent-a', '--scope', 'src', '--bead', 'bd-1'];
  const send = ['send', '--from', 'agent-a', '--to', 'agent-b', '--bead', 'bd-1', '--category', 'HANDOFF'];

  it('hold what the command has made', async () => {
    const held = await command.done(reserve);
    const sent = await command.done<Message>([...send, '--subject', 's', '--body', 'b']);
    const connection = await connect(store, { cwd: temp() });
    const { resources } = await connection.client.listResources();
    assert.deepEqual(
      resources.map(({ uri }) => uri),
      [RESERVATIONS, MESSAGES],
    );
    assert.deepEqual((await read<StatusData>(connection, RESERVATIONS)).reservations, [held]);
    assert.deepEqual(await read(connection, MESSAGES), [sent]);
    assert.deepEqual(await read(connection, `${MESSAGES}/agent-b`), [sent]);
    assert.deepEqual(await read(connection, `${MESSAGES}/agent-a`), []);
    await assert.rejects(read(connection, `${MESSAGES}/nobody`), /AGENT_NOT_FOUND/);
    await assert.rejects(read(connection, `${MESSAGES}/..%2F..%2Fx`), /AGENT_NOT_FOUND/);
    await assert.rejects(read(connection, 'agent-reservations://other'), /not found/);
  });

  for (const modern of [false, true]) {
    it(`tell of their changes, in the protocol of ${modern ? '2026' : '2025'}`, async () => {
      const connection = await connect(store, { cwd: temp(), modern, env: { BB_AGENT: 'agent-b' } });
      const { client } = connection;
      const updated: string[] = [];
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        updated.push(params.uri);
      });
      const until = async (...uris: readonly string[]) => {
        await untilHolds(() =>
          assert.ok(
            uris.every((uri) => updated.includes(uri)),
            `there were only ${updated}`,
          ),
        );
        return updated.splice(0);
      };
      const inbox = `${MESSAGES}/agent-b`;
      const uris = [RESERVATIONS, MESSAGES, inbox];
      if (modern) {
        await client.listen({ resourceSubscriptions: uris });
      } else {
        await Promise.all(uris.map((uri) => client.subscribeResource({ uri })));
      }
      await command.done(reserve);
      assert.deepEqual([...new Set(await until(RESERVATIONS))], [RESERVATIONS]);
      await command.done([...send, '--subject', 's', '--body', 'b']);
      await until(...uris);
      if (!modern) {
        await client.unsubscribeResource({ uri: RESERVATIONS });
        await command.done(['release', '--agent', 'agent-a', '--scope', 'src']);
        await command.done([...send, '--subject', 's', '--body', 'b']);
        assert.ok(!(await until(MESSAGES, inbox)).includes(RESERVATIONS));
        await assert.rejects(client.subscribeResource({ uri: 'agent-reservations://other' }), /no resource/);
        await assert.rejects(client.subscribeResource({ uri: `${MESSAGES}/nobody` }), /AGENT_NOT_FOUND/);
      }
    });
  }
});
