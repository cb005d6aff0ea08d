import assert from 'node:assert/strict';
import { isProvenDead, type LockOwner, parseOwner, serializeOwner, thisOwner } from '../../../src/store/files/owner';
import { agentFile, defaultRoot, inboxFile, messageFile, storePaths } from '../../../src/store/files/paths';
import { agentSchema, messageSchema, misfit } from '../../../src/store/files/schema';
import { asProblem, StoreProblem } from '../../../src/store/problem';
import { agent, message } from '../../support/samples';

describe('schemas of agents and messages', () => {
  it('take what the contract describes, and unknown fields', () => {
    assert.equal(misfit(agentSchema, agent({ model: 'x' })), undefined);
    assert.equal(misfit(messageSchema, message({ extra: [1] })), undefined);
  });

  for (const field of Object.keys(agent()) as (keyof ReturnType<typeof agent>)[]) {
    it(`an agent without ${field} is refused by that name`, () => {
      const { [field]: _, ...rest } = agent();
      assert.match(misfit(agentSchema, rest) ?? '', new RegExp(`^${field}:`));
    });
  }

  for (const field of Object.keys(message()) as (keyof ReturnType<typeof message>)[]) {
    it(`a message without ${field} is refused by that name`, () => {
      const { [field]: _, ...rest } = message();
      assert.match(misfit(messageSchema, rest) ?? '', new RegExp(`^${field}:`));
    });
  }
});

describe('paths', () => {
  const paths = storePaths('/s');

  it('are those of beadboard', () => {
    assert.equal(agentFile(paths, 'agent-a'), '/s/agents/agent-a.json');
    assert.equal(inboxFile(paths, 'agent-a'), '/s/messages/agent-a.jsonl');
    assert.equal(messageFile(paths, 'msg_1'), '/s/messages/index/msg_1.json');
    assert.equal(paths.lock, '/s/reservations/.lock');
    assert.equal(paths.active, '/s/reservations/active.json');
    assert.equal(paths.history, '/s/reservations/history.jsonl');
  });

  it('are built from checked ids only', () => {
    for (const id of ['../x', '', 'a/b', '.', 'A', 'a\0b']) {
      assert.throws(() => agentFile(paths, id), /unchecked id/);
      assert.throws(() => inboxFile(paths, id), /unchecked id/);
    }
    for (const id of ['../x', '', 'a/b', '.', '..', '.a', 'a.', 'a..b', 'a\0b']) {
      assert.throws(() => messageFile(paths, id), /unchecked id/);
    }
  });

  it('USERPROFILE, trimmed, goes before the home folder', () => {
    assert.equal(defaultRoot({ USERPROFILE: ' /profile ' }), '/profile/.beadboard/agent');
    assert.equal(defaultRoot({ USERPROFILE: ' ' }), defaultRoot({}));
    assert.match(defaultRoot({}), /\.beadboard.agent$/);
  });
});

describe('asProblem', () => {
  const kinds = [
    ['EACCES', 'ACCESS_DENIED'],
    ['EPERM', 'ACCESS_DENIED'],
    ['EROFS', 'ACCESS_DENIED'],
    ['ENOTDIR', 'NOT_A_FOLDER'],
    ['EISDIR', 'NOT_A_FOLDER'],
    ['ENOSPC', 'IO_ERROR'],
    ['ELOOP', 'IO_ERROR'],
  ] as const;
  for (const [code, kind] of kinds) {
    it(`${code} is ${kind}`, () => {
      const problem = asProblem(Object.assign(new Error('no'), { code }), '/p', 'read');
      assert.equal(problem.kind, kind);
      assert.equal(problem.path, '/p');
      assert.deepEqual(problem.facts, { errno: code });
    });
  }

  it('passes a StoreProblem on', () => {
    const problem = new StoreProblem('NOT_JSON', '/p', 'm');
    assert.equal(asProblem(problem, '/q', 'read'), problem);
  });
});

describe('the owner of a lock', () => {
  const us = thisOwner('t');

  it('is read back as it was written, and is never a bare pid', () => {
    assert.deepEqual(parseOwner(serializeOwner(us)), us);
    assert.notEqual(serializeOwner(us).trim(), String(process.pid));
  });

  for (const text of ['', '1234', '1234\n', 'null', '{}', '{"pid":1}', `${serializeOwner(us)}x`, '[]', '"1"']) {
    it(`is not found in ${JSON.stringify(text.slice(0, 20))}`, () => assert.equal(parseOwner(text), undefined));
  }

  for (const pid of [0, -1, 1.5]) {
    it(`has no pid ${pid}`, () => assert.equal(parseOwner(serializeOwner({ ...us, pid })), undefined));
  }

  const gone = 2 ** 22 + 1;
  const cases: readonly (readonly [string, Partial<LockOwner>, boolean])[] = [
    ['this very process', {}, false],
    ['a pid above the largest', { pid: gone }, true],
    ['a pid that another process has now', { started: '1' }, true],
    ['a pid of unknown start', { started: '' }, false],
    ['another boot', { boot: 'another' }, true],
    ['another boot, pid still in use', { boot: 'another', started: us.started }, true],
    ['unknown boot', { boot: '' }, false],
    ['another host, no such pid', { host: 'elsewhere', pid: gone }, false],
    ['another host, another boot', { host: 'elsewhere', boot: 'another' }, false],
    ['another pid namespace, no such pid', { namespace: 'pid:[1]', pid: gone }, false],
  ];
  for (const [name, fields, dead] of cases) {
    it(`${name}: ${dead ? 'proven dead' : 'counts as alive'}`, () => {
      assert.equal(isProvenDead({ ...us, ...fields }), dead);
    });
  }
});
