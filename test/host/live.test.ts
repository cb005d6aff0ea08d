import { strict as assert } from 'node:assert';
import { useDrivers } from '../support/driver';
import { extension, labels, run, STORE, shown, startAnew, type Tested, until, waiting } from './support';

const CHANGES = 20;

describe('beside other processes', () => {
  const start = useDrivers();
  let tested: Tested;

  before(async () => {
    tested = await extension();
  });

  beforeEach(async () => {
    await startAnew(tested, 'dana', 'codex', 'claude');
  });

  for (const kind of ['peer', 'ours'] as const) {
    it(`every reserve and release of another process is shown by itself (${kind})`, async () => {
      const { internals } = tested;
      const [agent] = await start(kind, STORE);
      assert.ok(agent);
      const delays: number[] = [];
      for (let change = 0; change < CHANGES; change++) {
        const scope = `src/${change}.ts`;
        const granted = await agent.call('reserve', { agent: 'codex', scope, bead: 'bd-1' });
        assert.ok(granted.ok, granted.error?.message);
        const written = performance.now();
        await until(internals, `${scope} is shown`, () => labels(internals, 'active').includes(scope));
        delays.push(performance.now() - written);
        if (change % 2 === 0) {
          await agent.call('release', { agent: 'codex', scope });
          await until(internals, `${scope} is gone`, () => !labels(internals, 'active').includes(scope));
        }
      }
      assert.equal(shown(internals, 'active').length, CHANGES / 2);
      const [, median, slowest] = [delays.sort((a, b) => a - b)[0], delays[CHANGES / 2], delays.at(-1)];
      console.log(`[suite]     shown after ${median?.toFixed(0)} ms, at most ${slowest?.toFixed(0)} ms (${kind})`);
    });
  }

  it('a burst of changes ends with all of them shown, and few looks at the disk', async () => {
    const { internals } = tested;
    const agents = await start('ours', STORE, 3);
    let shownTimes = 0;
    const counting = internals.live.onDidChange(() => shownTimes++);
    await Promise.all(
      agents.map(async (agent, index) => {
        for (let change = 0; change < 20; change++) {
          await agent.call('reserve', { agent: 'codex', scope: `${index}/${change}.ts`, bead: 'bd-1' });
        }
      }),
    );
    await until(internals, 'all are shown', () => shown(internals, 'active').length === 60);
    counting.dispose();
    assert.ok(shownTimes <= 60, `${shownTimes} changes were told of for 60 on disk`);
  });

  it('a scope that several want at once goes to exactly one, whoever that is', async () => {
    const { internals } = tested;
    const [peer, ours] = [...(await start('peer', STORE)), ...(await start('ours', STORE))];
    for (let round = 0; round < 10; round++) {
      const scope = `contested/${round}.ts`;
      const answers = await Promise.all([
        peer?.call('reserve', { agent: 'codex', scope, bead: 'bd-1' }),
        ours?.call('reserve', { agent: 'claude', scope, bead: 'bd-2' }),
        run<{ ok: boolean }>('reserve', { scope, bead: 'bd-3' }),
      ]);
      assert.equal(answers.filter((answer) => answer?.ok).length, 1);
    }
    await until(internals, 'all are shown', () => shown(internals, 'active').length === 10);
  });

  it('a message that an agent sends is shown and counted, and gone once its recipient acknowledged it', async () => {
    const { internals } = tested;
    const [peer] = await start('peer', STORE);
    const sent = await peer?.call('send', {
      from: 'codex',
      to: 'dana',
      bead: 'bd-1',
      category: 'HANDOFF',
      subject: 'Take this',
      body: 'It is done.',
    });
    assert.ok(sent?.ok, sent?.error?.message);
    await until(internals, 'the message is shown', () => waiting(internals).includes('Take this'));
    assert.equal(internals.messages.tree.badge?.value, 1);
    const { message_id: message } = sent.data as { message_id: string };
    // The real program refuses the ids that it makes, so its messages are acknowledged here.
    const [ours] = await start('ours', STORE);
    assert.ok((await ours?.call('ack', { agent: 'dana', message }))?.ok);
    await until(internals, 'the message is gone', () => waiting(internals).length === 0);
  });
});
