import assert from 'node:assert/strict';
import {
  checkRegister,
  decideHeartbeat,
  decideRegister,
  isAgentId,
  listAgents,
  type RegisterInput,
} from '../../../src/core/agent';
import { grantedData, refusal } from '../../support/outcomes';
import { agent, at, NOW } from '../../support/samples';

describe('isAgentId', () => {
  for (const id of ['abc', 'a1b', '007', 'agent-a', 'a-b-c', 'a'.repeat(48), 'con', 'nul']) {
    it(`takes ${JSON.stringify(id)}`, () => assert.ok(isAgentId(id)));
  }

  const wrong = ['', 'ab', 'a'.repeat(49), 'Agent', '-abc', 'abc-', 'a--b', 'a_b', 'a b', 'a.b', 'a/b', 'a\\b', '../x'];
  const tricks = [
    '...',
    'abc\n',
    '\nabc',
    'abc\0',
    'é-agent',
    'аgent',
    'a\u0301bc',
    'agent\u2010a',
    '__proto__',
    'abc ',
  ];
  for (const id of [...wrong, ...tricks]) {
    it(`refuses ${JSON.stringify(id)}`, () => assert.ok(!isAgentId(id)));
  }
});

describe('checkRegister', () => {
  it('trims, and asks for the id before the role', () => {
    assert.deepEqual(grantedData(checkRegister({ name: ' agent-a ', role: ' backend ', display: ' A ' })), {
      agent: 'agent-a',
      role: 'backend',
      display: 'A',
      forceUpdate: false,
    });
    refusal(checkRegister({ name: '../x', role: '' }), 'INVALID_AGENT_ID');
    refusal(checkRegister({ name: 'agent-a', role: '  ' }), 'INVALID_ROLE');
  });

  for (const name of [undefined, null, 7, {}, ['agent-a']]) {
    it(`a name of another type is INVALID_AGENT_ID: ${JSON.stringify(name)}`, () => {
      refusal(checkRegister({ name, role: 'x' } as unknown as RegisterInput), 'INVALID_AGENT_ID');
    });
  }
});

describe('decideRegister', () => {
  const request = { agent: 'agent-a', role: 'frontend', display: '', forceUpdate: false };

  it('makes an idle agent of version 1, named by its id unless told', () => {
    const { next, answer } = decideRegister(undefined, request, NOW);
    const expected = {
      agent_id: 'agent-a',
      display_name: 'agent-a',
      role: 'frontend',
      status: 'idle',
      created_at: NOW.toISOString(),
      last_seen_at: NOW.toISOString(),
      version: 1,
    };
    assert.deepEqual(next, expected);
    assert.deepEqual(grantedData(answer), expected);
    assert.equal(decideRegister(undefined, { ...request, display: 'The A' }, NOW).next?.display_name, 'The A');
  });

  it('refuses a second registration, and writes nothing', () => {
    const { next, answer } = decideRegister(agent(), request, NOW);
    refusal(answer, 'DUPLICATE_AGENT_ID');
    assert.equal(next, undefined);
  });

  it('told to, updates: version + 1, created_at, status and unknown fields stay', () => {
    const current = agent({ version: 4, status: 'working', model: 'x' });
    const { next } = decideRegister(current, { ...request, forceUpdate: true }, NOW);
    assert.deepEqual(next, { ...current, role: 'frontend', last_seen_at: NOW.toISOString(), version: 5 });
    assert.equal(next?.created_at, at(-100));
  });

  it('told to update one that is not there, registers it', () => {
    assert.equal(decideRegister(undefined, { ...request, forceUpdate: true }, NOW).next?.version, 1);
  });
});

describe('listAgents', () => {
  const agents = [
    agent({ agent_id: 'zoe', role: 'qa' }),
    agent({ agent_id: 'bob', role: 'qa', status: 'working' }),
    agent({ agent_id: 'al1', role: 'ui' }),
  ];
  const ids = (input: { role?: string; status?: string }) => listAgents(agents, input).map((one) => one.agent_id);

  it('sorts by id and leaves its input alone', () => {
    assert.deepEqual(ids({}), ['al1', 'bob', 'zoe']);
    assert.equal(agents[0]?.agent_id, 'zoe');
  });

  it('filters by role, by status, by both, trimmed', () => {
    assert.deepEqual(ids({ role: ' qa ' }), ['bob', 'zoe']);
    assert.deepEqual(ids({ status: 'working' }), ['bob']);
    assert.deepEqual(ids({ role: 'ui', status: 'working' }), []);
  });
});

describe('decideHeartbeat', () => {
  it('notes when, and keeps everything else', () => {
    const current = agent({ note: 'kept', version: 4 });
    const { next, answer } = decideHeartbeat(current, 'agent-a', NOW);
    assert.deepEqual(next, { ...current, last_seen_at: NOW.toISOString(), version: 5 });
    assert.deepEqual(grantedData(answer), next);
  });

  it('registers nobody', () => {
    const { next, answer } = decideHeartbeat(undefined, 'agent-a', NOW);
    assert.equal(next, undefined);
    refusal(answer, 'AGENT_NOT_FOUND');
  });
});
