import { strict as assert } from 'node:assert';
import type { Envelope, ErrorBody } from '../../src/core/envelope';
import { explain } from '../../src/extension/errorWording';
import { failureText, repairedText } from '../../src/extension/findingWording';
import { explainProblem } from '../../src/extension/problemWording';
import type { Finding } from '../../src/store/finding';
import { addressOf } from '../../src/store/postgres/address';
import { asProblem, StoreProblem } from '../../src/store/problem';
import { extension, startAnew, succeeded, type Tested } from './support';

/** Nothing that a person reads may be the English of an error: it stands inside of a translated sentence. */
describe('what a person reads of an error', () => {
  let tested: Tested;

  before(async () => {
    tested = await extension();
    await startAnew(tested, 'dana');
  });

  const refusalOf = async (answer: Thenable<Envelope<unknown>>): Promise<ErrorBody> => {
    const { error } = await answer;
    assert.ok(error, 'it was not refused');
    return error;
  };

  it('is worded by the code and the details of what cannot be reserved, released or handed over', async () => {
    const { coordination } = tested.internals.live;
    const outside = await refusalOf(coordination.check({ paths: ['../x.ts'] }));
    assert.equal(explain(outside), 'That leads out of the project with “..”: name what is inside of it.');
    const gone = await refusalOf(coordination.release({ agent: 'dana', scope: 'a.ts' }));
    assert.equal(explain(gone), '“a.ts” is not reserved any more.');
    succeeded(await coordination.register({ name: 'codex', role: 'test' }));
    const nothing = await refusalOf(
      coordination.send({
        from: 'dana',
        to: 'codex',
        bead: 'bd-1',
        category: 'HANDOFF',
        subject: 'S',
        body: 'B',
        handOver: { all: true },
      }),
    );
    assert.equal(explain(nothing), 'dana holds nothing here that could be handed over.');
  });

  it('is worded by the kind and the facts of what is wrong with the store', () => {
    const failing = (code: string) => Object.assign(new Error(`${code}: it says so`), { code });
    const text = (code: string) => explainProblem(asProblem(failing(code), '/projects/store', 'write'));
    assert.equal(text('ENOSPC'), 'The disk of /projects/store is full. Make room, then try again.');
    assert.equal(text('EIO'), '/projects/store could not be read or written (EIO). Check the disk, then try again.');
    const url = 'postgres://db.example/x';
    assert.equal(
      explainProblem(problemOf(() => addressOf(`${url}?sslmode=prefer`))),
      'sslmode=prefer would let anybody between here and db.example read along. Leave it out of the setting of the PostgreSQL server.',
    );
    assert.equal(
      explainProblem(problemOf(() => addressOf(`${url}?pool=9`))),
      'The setting of the PostgreSQL server has “pool”, which is not known here. Take it out.',
    );
    assert.equal(
      explainProblem(problemOf(() => addressOf('mysql://db.example/x'))),
      'The setting of the PostgreSQL server names no server: mysql://db.example/x. Write it as postgres://user@host:5432/database.',
    );
  });

  it('is worded by the outcome of a repair', () => {
    const finding: Finding = {
      id: 'DEAD_LOCK:.',
      kind: 'DEAD_LOCK',
      path: '/projects/store/.lock',
      message: 'English',
      repair: 'English',
      risky: false,
      facts: {},
    };
    const { id } = finding;
    const message = 'English';
    assert.equal(
      repairedText(finding, { id, outcome: 'REPAIRED', message }),
      'The store was repaired: A lock was left behind',
    );
    assert.equal(
      repairedText(finding, { id, outcome: 'REPAIRED', message, facts: { aside: '/projects/store/x' } }),
      'The store was repaired: A lock was left behind. What was taken out is kept in /projects/store/x.',
    );
    const failed = (facts: Readonly<Record<string, unknown>>) =>
      failureText(finding, { id, outcome: 'FAILED', message, facts });
    assert.equal(failed({ cause: 'BUSY' }), 'Another process was at work there. Try again.');
    assert.equal(failed({ cause: 'UNDELIVERED', messages: 3 }), '3 messages');
    assert.equal(
      failed({ cause: 'ACCESS_DENIED', path: '/projects/store' }),
      'Access to /projects/store is denied. Give your user the right to read and write it.',
    );
  });
});

function problemOf(work: () => unknown): StoreProblem {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof StoreProblem);
    return error;
  }
  assert.fail('nothing was wrong');
}
