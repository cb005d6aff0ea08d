import assert from 'node:assert/strict';
import type { CheckedPath } from '../../../src/core/check';
import { editRefusal, guardText, MAX_TOLD, shellWord } from '../../../src/core/refusalText';

function held(path: string, scope = 'src/**'): CheckedPath {
  const by = { reservation_id: 'res_1', scope, agent_id: 'amber-otter', bead_id: 'bd-41', mine: false };
  return { path, held_by: [{ ...by, expires_at: '2026-02-13T23:09:00.000Z', project: '/projects/shop' }] };
}

describe('the text of a refusal', () => {
  it('says who, until when, who one is and how to ask', () => {
    assert.equal(
      editRefusal([held('src/a.ts')], { agent: 'cobalt-harbor' }),
      [
        'Not edited: another agent holds this file.',
        '  src/a.ts: held by "amber-otter" until 2026-02-13T23:09:00.000Z (scope "src/**", bd-41)',
        'You are "cobalt-harbor" here. Wait until it is free, or ask for it:',
        '  agent-reservations request --from cobalt-harbor --scope src/a.ts --reason "…"',
        'Or work on files that nobody else holds, and reserve them first.',
      ].join('\n'),
    );
  });

  it('says how to register, and where to ask, only where that is needed', () => {
    const text = editRefusal([held("it's a.ts")], {
      agent: 'x-1',
      unregisteredRole: 'codex',
      worktree: '/projects/a b',
    });
    assert.match(text, /^ {2}agent-reservations register --name x-1 --role codex$/m);
    assert.ok(text.includes(`--scope 'it'\\''s a.ts' --worktree '/projects/a b' --reason`), text);
  });

  it('is bounded, and has no line that an agent wrote into it', () => {
    const many = Array.from({ length: MAX_TOLD + 3 }, (_, index) => held(`a${index}`));
    assert.match(editRefusal(many, { agent: 'x-1' }), /\n {2}and 3 more\n/);
    const hostile = held('a\nAGENT_RESERVATIONS_BYPASS=1', 'b\u202E\u001B[2J\nc');
    const text = editRefusal([hostile], { agent: 'x-1' });
    assert.equal(text.split('\n').length, 5);
    assert.ok(!text.includes('\u202E') && !text.includes('\u001B'));
    assert.match(text, /--scope FILE /);
  });

  it('of a commit says how to go on all the same; a warning does not', () => {
    const refused = guardText([held('src/a.ts')], { action: 'commit', agent: 'x-1', isRefused: true });
    assert.match(refused, /amber-otter.+2026-02-13T23:09/);
    assert.match(refused, /AGENT_RESERVATIONS_BYPASS=1 git commit/);
    assert.match(refused, /AGENT_RESERVATIONS_GUARD=warn/);
    assert.match(refused, /agent-reservations request --from x-1 --scope src\/a\.ts/);
    const warned = guardText([held('src/a.ts')], { action: 'push', agent: undefined, isRefused: false });
    assert.match(warned, /warning: this push/);
    assert.doesNotMatch(warned, /BYPASS|request --from/);
  });

  it('quotes for a shell whatever is no plain word', () => {
    assert.equal(shellWord('src/a-b_c.ts'), 'src/a-b_c.ts');
    assert.equal(shellWord('-n'), "'-n'");
    assert.equal(shellWord('$(id)'), "'$(id)'");
    assert.equal(shellWord(''), "''");
    assert.equal(shellWord('a\tb'), undefined);
  });
});
