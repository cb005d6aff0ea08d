/** The messages to one agent as a view reads them: again and again, without reading again what cannot have changed. */

import assert from 'node:assert/strict';
import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import { randomHex } from '../../src/store/files/durable';
import { FileReader } from '../../src/store/files/fileReader';
import { FileStore } from '../../src/store/files/fileStore';
import { type Call, hookCalls, unhookCalls } from '../faults/calls/fsHooks';
import { grantedData } from '../support/outcomes';
import { seedStore } from '../support/storeFiles';
import { useTempFolder } from '../support/tempFolder';

describe('the letters of an agent over files', () => {
  const temp = useTempFolder();
  let root: string;
  let operations: Coordination;
  let reader: FileReader;

  beforeEach(() => {
    root = seedStore(join(temp(), 'store'), { agents: ['agent-a', 'agent-b', 'agent-c'] });
    operations = createCoordination(new FileStore(root), { random: () => randomHex(4) });
    reader = new FileReader(root);
  });
  afterEach(() => unhookCalls());

  const send = async (subject: string, category = 'INFO', to = 'agent-b') =>
    grantedData(await operations.send({ from: 'agent-a', to, bead: 'bd-1', category, subject, body: 'b' }));
  const index = (id: string) => join(root, 'messages', 'index', `${id}.json`);
  const stream = () => join(root, 'messages', 'agent-b.jsonl');
  const subjects = async (agent = 'agent-b') =>
    (await reader.readLetters(agent)).records.map(({ subject, state }) => `${subject} ${state}`).toSorted();

  async function openedBy(work: () => Promise<unknown>): Promise<number> {
    const calls: Call[] = [];
    hookCalls(tmpdir(), {
      before: (call) => {
        calls.push(call);
        return undefined;
      },
      after: () => undefined,
    });
    await work();
    unhookCalls();
    return calls.filter(({ kind }) => kind === 'openRead').length;
  }

  it('are as they are now, and the same objects while nothing of them changes', async () => {
    const { message_id: message } = await send('one');
    await send('two', 'BLOCKED');
    await send('other', 'INFO', 'agent-c');
    const before = (await reader.readLetters('agent-b')).records;
    grantedData(await operations.read({ agent: 'agent-b', message }));
    await send('three');
    const after = (await reader.readLetters('agent-b')).records;
    assert.deepEqual(await subjects(), ['one read', 'three unread', 'two unread']);
    const same = before.filter((one) => after.includes(one)).map(({ subject }) => subject);
    assert.deepEqual(same, ['two']);
    assert.deepEqual(await subjects('agent-c'), ['other unread']);
    assert.deepEqual(await subjects(), ['one read', 'three unread', 'two unread']);
    assert.deepEqual(await reader.readLetters('../agent-b'), { records: [], problems: [] });
  });

  it('beside 200: a change of one reads one file of a message, whatever else is there', async () => {
    for (let count = 0; count < 200; count++) {
      const { message_id: message } = await send(`m${count}`);
      if (count % 2 === 0) {
        grantedData(await operations.read({ agent: 'agent-b', message }));
      }
    }
    assert.ok((await openedBy(() => reader.readLetters('agent-b'))) > 200);
    // The outbox, which is not there, the stream, and the folder.
    assert.equal(await openedBy(() => reader.readLetters('agent-b')), 3);
    await send('new');
    assert.equal(await openedBy(() => reader.readLetters('agent-b')), 4);
  });

  it('that are missing or cannot be read are told by name and subject, and are not among the others', async () => {
    const [gone, torn] = [await send('gone'), await send('torn'), await send('whole')];
    assert.equal((await subjects()).length, 3);
    rmSync(index(gone.message_id));
    truncateSync(index(torn.message_id), 20);
    appendFileSync(stream(), 'not a message\n');
    const { records, problems } = await reader.readLetters('agent-b');
    assert.deepEqual(
      records.map(({ subject }) => subject),
      ['whole'],
    );
    assert.deepEqual(
      problems.map(({ kind, path, facts }) => [kind, path, facts['message'], facts['subject'] ?? facts['entry']]),
      [
        ['BAD_ENTRY', stream(), undefined, 4],
        ['MISSING_FILE', index(gone.message_id), gone.message_id, 'gone'],
        ['NOT_JSON', index(torn.message_id), torn.message_id, 'torn'],
      ],
    );
    grantedData(await operations.doctor({ fix: true }));
    assert.deepEqual((await reader.readLetters('agent-b')).records.length, 3);
  });

  it('whose line has no end yet are there all the same, and a stream that begins anew is read anew', async () => {
    const one = await send('one');
    assert.equal((await subjects()).length, 1);
    const two = { ...one, message_id: `${one.message_id}0`, subject: 'two' };
    writeFileSync(index(two.message_id), JSON.stringify(two));
    appendFileSync(stream(), JSON.stringify(two));
    assert.deepEqual(await subjects(), ['one unread', 'two unread']);
    appendFileSync(stream(), '\n');
    assert.deepEqual(await subjects(), ['one unread', 'two unread']);
    writeFileSync(stream(), `${JSON.stringify(two)}\n`);
    assert.deepEqual(await subjects(), ['two unread']);
    rmSync(stream());
    assert.deepEqual(await subjects(), []);
  });
});
